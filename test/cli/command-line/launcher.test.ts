import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { notesProject, offpeakProcess } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

/** Calls the CLI in this process as `npx offpeak` would be. */
async function callByNpx(cwd: string, ...argv: readonly string[]): Promise<string> {
  let said = ''
  const output = {
    write: (text: string) => void (said += text),
    isTty: false,
    color: false,
    columns: () => 100,
  }
  await main(argv, {
    stdout: output,
    stderr: output,
    launcher: 'npx offpeak',
    stdinIsTty: false,
    cwd,
    now: () => Date.now(),
    ask: () => Promise.resolve(null),
    key: () => Promise.resolve(null),
    onInterrupt: () => () => undefined,
    leave: () => undefined,
  })
  return said
}

test('hints, fixes and results name the command as it was started', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 3, job: "check: () => 'no', retry: { max: 1 }," })
  expect(await callByNpx(folder.path, 'plan', 'notes')).toContain('  npx offpeak run notes')
  const ran = await callByNpx(folder.path, 'run', 'notes', '--yes')
  expect(ran).toContain('npx offpeak retry')
  expect(ran).toContain('npx offpeak report')
  expect(await callByNpx(folder.path, 'errors', 'notes')).toContain('npx offpeak retry')
  expect(await callByNpx(folder.path, 'show', 'nothing', '1')).toContain('npx offpeak status shows them')
  expect(await callByNpx(folder.path, 'show', 'nothing', '1', '--json')).toContain('npx offpeak status')
  const shown = await Promise.all(
    [['status', 'notes'], ['report', 'notes'], ['batches'], ['jobs'], ['plan', 'notes'], ['costs']].map(
      (argv) => callByNpx(folder.path, ...argv),
    ),
  )
  const all = [ran, ...shown].join('\n')
  expect(all.replaceAll('npx offpeak ', '')).not.toMatch(/(?<![\w./])offpeak [a-z]/)
})

test('the same without a package manager is plain, and data is left as it is', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 1 })
  const lines = join(folder.path, 'notes.jsonl')
  expect(await readFile(lines, 'utf8')).toContain('Note 0')
  expect((await call(folder.path, 'plan', 'notes')).stderr).toContain('  offpeak run notes')
})

test('a process that npx has started tells so in its hints', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 1 })
  const { stderr } = await offpeakProcess(folder.path, ['plan', 'notes'], {
    env: { npm_command: 'exec', npm_config_user_agent: 'npm/11.0.0 node/v24.15.0' },
  })
  expect(stderr).toContain('npx offpeak run notes')
})
