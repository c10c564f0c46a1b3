import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonLines, notesProject, offpeakProcess, readJson, statusJson } from '../notes-project.ts'
import { temporaryFolder } from '../project.ts'

// oxlint-disable-next-line no-control-regex -- escape sequences are what must not be there
const escapes = /\u001b/

test('Ctrl-C detaches with 130, and the next call ends the run without paying twice', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { speed: 20 })
  const left = await offpeakProcess(folder.path, ['run', 'notes', '--yes'], {
    whenSaid: ['phase=running', 'SIGINT'],
  })
  expect(left).toMatchObject({ exit: 130, signal: null })
  expect(left.stderr).toContain('Detached, nothing cancelled.')
  const config = join(folder.path, 'offpeak.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace('speed: 20 ', 'speed: 5000 '))
  const resumed = await offpeakProcess(folder.path, ['resume'])
  expect(resumed.exit).toBe(0)
  const lines = readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trim().split('\n')
  expect(
    new Set(lines.map((line) => readJson(z.object({ key: z.string() }), { stdout: line }).key)).size,
  ).toBe(12)
  expect(lines).toHaveLength(12)
  const status = readJson(statusJson, await offpeakProcess(folder.path, ['status', 'notes', '--json']))
  expect(status.batches).toHaveLength(1)
  expect(status.money.duplicateMicroUsd).toBe(0)
})

test('SIGTERM ends a worker cleanly with 0', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { exit, signal, stderr } = await offpeakProcess(folder.path, ['worker'], {
    whenSaid: ['no run is running', 'SIGTERM'],
  })
  expect({ exit, signal }).toEqual({ exit: 0, signal: null })
  expect(stderr).toContain('Ending')
})

test('with --json stdout holds nothing but JSON lines with a schema, and the last one is the state of the run', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const ran = await offpeakProcess(folder.path, ['run', 'notes', '--yes', '--json'])
  expect(ran.exit).toBe(0)
  const lines = jsonLines(ran)
  expect(lines.map(({ schema }) => schema)).toSatisfy((schemas: readonly string[]) =>
    schemas.every((schema) => /^offpeak\.[a-z-]+\/2$/.test(schema)),
  )
  expect(lines[0]?.schema).toBe('offpeak.plan/2')
  expect(lines.some(({ schema }) => schema === 'offpeak.event/2')).toBe(true)
  expect(lines.at(-1)).toMatchObject({ schema: 'offpeak.status/2', state: 'done', counts: { merged: 12 } })
})

test('an error is one JSON object on stdout with --json, and four lines on stderr without', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const json = await offpeakProcess(folder.path, ['plan', 'nothing', '--json'])
  expect(json.exit).toBe(2)
  expect(jsonLines(json)).toEqual([
    expect.objectContaining({ schema: 'offpeak.error/2', code: 'E_JOB_UNKNOWN', exit: 2, money: 'no' }),
  ])
  const text = await offpeakProcess(folder.path, ['plan', 'nothing'])
  expect(text.stdout).toBe('')
  expect(text.stderr).toMatch(/^x There is no job nothing/m)
  expect(text.stderr).toContain('  Fix     the jobs are notes')
  expect(text.stderr).toContain('Nothing was sent.')
  expect(text.stderr).toContain('E_JOB_UNKNOWN, exit 2')
})

test('colours come with FORCE_COLOR, and go with NO_COLOR and --no-color', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const jobs = (env: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<string> =>
    offpeakProcess(folder.path, ['jobs', ...flags], { env }).then(({ stdout }) => stdout)
  expect(await jobs({})).not.toMatch(escapes)
  expect(await jobs({ FORCE_COLOR: '1' })).toMatch(escapes)
  expect(await jobs({ FORCE_COLOR: '1' }, '--no-color')).not.toMatch(escapes)
  expect(await jobs({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toMatch(escapes)
})

test('a reader that goes away early is no failure', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 400 })
  const bin = fileURLToPath(new URL('../../../bin/offpeak.js', import.meta.url))
  const child = spawn(process.execPath, ['-C', 'offpeak-source', bin, 'plan', 'notes', '--show', '400'], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout.once('data', () => child.stdout.destroy())
  const exit = await new Promise((resolve) => child.once('close', resolve))
  expect(exit).toBe(0)
  expect(stderr).not.toContain('EPIPE')
})

test('the report of a run is appended to the summary of a CI step', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const summary = join(folder.path, 'summary.md')
  await offpeakProcess(folder.path, ['run', 'notes', '--yes', '-q'], {
    env: { GITHUB_STEP_SUMMARY: summary },
  })
  expect(readFileSync(summary, 'utf8')).toMatch(/^## Offpeak: notes, run \w+/)
})

test('help, version and mistakes are answered without a project', async () => {
  using folder = temporaryFolder()
  const help = await offpeakProcess(folder.path, ['--help'])
  expect(help.exit).toBe(0)
  expect(help.stdout).toContain('plan <job>')
  expect((await offpeakProcess(folder.path, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/)
  const wrong = await offpeakProcess(folder.path, ['pln', 'notes'])
  expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining('did you mean offpeak plan?') })
})
