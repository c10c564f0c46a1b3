import { execFile } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { launcher, withoutKeys } from '../child.ts'
import { notesProject, readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

/** The words that are offered for the last of these. */
async function offered(dir: string, ...words: readonly string[]): Promise<readonly string[]> {
  const { exit, stdout, stderr } = await call(dir, '__complete', ...words)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t', 1)[0] ?? '')
}

const runs = z.object({ runs: z.array(z.object({ run: z.string() })) })

test('commands, their options and the values of these are offered', async () => {
  using folder = temporaryFolder()
  expect(await offered(folder.path, 'st')).toEqual(['status'])
  expect(await offered(folder.path, '')).toEqual(expect.arrayContaining(['run', 'pause', 'completion']))
  expect(await offered(folder.path, '')).not.toContain('__complete')
  expect(await offered(folder.path, 'help', 'pri')).toEqual(['prices'])
  expect(await offered(folder.path, '--no-c')).toEqual(['--no-color'])
  expect(await offered(folder.path, 'results', '--f')).toEqual(['--format', '--force', '--fields'])
  expect(await offered(folder.path, 'results', '--format', 'c', '--f')).toEqual(['--force', '--fields'])
  expect(await offered(folder.path, 'results', '--format', '')).toEqual(['jsonl', 'csv', 'parquet'])
  expect(await offered(folder.path, '--log-format', '')).toEqual(['pretty', 'json'])
  expect(await offered(folder.path, 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
  // A file is meant: the shell offers its own.
  expect(await offered(folder.path, 'results', 'x', '-o', '')).toEqual([])
})

test('jobs and runs are offered where they are meant, and nothing is made by it', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect(await offered(folder.path, 'plan', 'no')).toEqual(['notes'])
  expect(await offered(folder.path, 'status', '')).toEqual(['notes'])
  expect(existsSync(join(folder.path, '.offpeak', 'state.db'))).toBe(false)
  await call(folder.path, 'run', 'notes', '--yes')
  const id = readJson(runs, await call(folder.path, 'status', '--json')).runs[0]?.run ?? ''
  expect(await offered(folder.path, 'results', '')).toEqual([id, 'notes'])
  expect(await offered(folder.path, 'results', '--status', 'ok', id.slice(0, 3))).toEqual([id])
  expect(await offered(folder.path, 'plan', '')).toEqual(['notes'])
  expect(await offered(folder.path, 'batches', '--job', '')).toEqual(['notes'])
  expect(await offered(folder.path, 'results', id, '')).toEqual([])
  expect(await offered('/', '--cwd', folder.path, 'results', id.slice(0, 4))).toEqual([id])
})

test('what is wrong with the project offers less and prints nothing', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  await write(folder.path, { 'jobs/broken.job.ts': 'export default {' })
  expect(await offered(folder.path, 'plan', '')).toEqual(['notes'])
  expect(await offered(folder.path, 'show', '')).toHaveLength(2)
  await write(folder.path, { '.offpeak/emulator/state.db': 'not a database' })
  expect(await offered(folder.path, 'show', '')).toEqual(['notes'])
  await write(folder.path, { 'offpeak.config.ts': 'throw new Error("no")' })
  expect(await offered(folder.path, 'show', '')).toEqual([])
  expect(await offered(folder.path, 'no-such-command', '')).toEqual([])
  expect(await offered(folder.path)).not.toEqual([])
})

test('bash completes with the script that is sourced', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const program = join(folder.path, 'offpeak')
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`)
  await chmod(program, 0o755)
  const completed = async (...words: readonly string[]): Promise<string> => {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    const { stdout } = await promisify(execFile)(
      'bash',
      [
        '--norc',
        '-c',
        `set -e; source <("${program}" completion bash); complete -p offpeak; COMP_WORDS=("${program}" ${quoted}); COMP_CWORD=${words.length}; _offpeak; echo "\${COMPREPLY[@]}"`,
      ],
      { cwd: folder.path, env: withoutKeys() },
    )
    const [registered, found = ''] = stdout.trimEnd().split('\n')
    expect(registered).toBe('complete -o default -F _offpeak offpeak')
    return found
  }
  expect(await completed('re')).toBe('resume retry review results report')
  expect(await completed('run', '')).toBe('notes')
  expect(await completed('run', 'notes', '--max')).toBe('--max-cost')
  expect(await completed('results', 'notes', '-o', '')).toBe('')
})

test.each(['zsh', 'fish'] as const)('the script for %s is one that it can read', async (shell) => {
  using folder = temporaryFolder()
  const { exit, stdout } = await call(folder.path, 'completion', shell)
  expect(exit).toBe(0)
  expect(stdout).toContain('__complete')
  await writeFile(join(folder.path, 'script'), stdout)
  // Where the shell is not installed, only what can be told from the text is checked.
  const read = await promisify(execFile)(shell, ['-n', join(folder.path, 'script')]).catch(
    (failed: NodeJS.ErrnoException & { readonly stderr?: string }) => failed,
  )
  const isInstalled = !(read instanceof Error) || read.code !== 'ENOENT'
  if (isInstalled) expect(read.stderr).toBe('')
  for (const [open, close] of [
    ['{', '}'],
    ['(', ')'],
    ['[', ']'],
  ])
    expect(stdout.split(open ?? '').length).toBe(stdout.split(close ?? '').length)
  expect((stdout.match(/'/g) ?? []).length % 2).toBe(0)
})

test('another shell is refused by name', async () => {
  using folder = temporaryFolder()
  expect(await call(folder.path, 'completion', 'tcsh')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('one of bash, zsh, fish'),
  })
})
