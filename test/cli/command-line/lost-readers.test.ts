import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launcher, withoutKeys } from '../child.ts'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

const folder = temporaryFolder()

beforeAll(async () => {
  await notesProject(folder.path, { records: 2_000 })
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(0)
}, 120_000)
afterAll(() => folder[Symbol.dispose]())

function begin(words: readonly string[], stdout: 'pipe' | number, stderr: 'pipe' | number): ChildProcess {
  return spawn(process.execPath, [launcher, ...words], {
    cwd: folder.path,
    env: withoutKeys(),
    stdio: ['ignore', stdout, stderr],
  })
}

const commands = [
  ['results', 'notes'],
  ['results', 'notes', '--format', 'csv'],
  ['errors', 'notes'],
  ['status', 'notes'],
  ['status', 'notes', '--json'],
  ['report', 'notes'],
  ['jobs', 'notes', '--coverage', '--by', 'id'],
  ['prices'],
  ['--help'],
] as const

test.for(commands)('who reads a bit of `%s %s` and goes is no failure', async (words) => {
  const child = begin(words, 'pipe', 'pipe')
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('it has pipes')
  const said = text(stderr)
  stdout.once('data', () => stdout.destroy())
  const [exit] = await once(child, 'exit')
  expect(await said).not.toMatch(/Error|Warning|^ +at \w|E_BUG|EPIPE/m)
  expect(exit).toBe(0)
})

test('nor is one whose words nobody reads', async () => {
  const child = begin(['status', 'notes', '--json'], 'pipe', 'pipe')
  const { stdout, stderr } = child
  if (!stdout || !stderr) throw new Error('it has pipes')
  stderr.destroy()
  const data = await text(stdout)
  expect(JSON.parse(data)).toMatchObject({ job: 'notes' })
})

test.runIf(existsSync('/dev/full'))('output that does not fit on the disk is told in words', async () => {
  for (const words of commands) {
    const child = begin(words, openSync('/dev/full', 'w'), 'pipe')
    if (!child.stderr) throw new Error('it has a pipe')
    const said = text(child.stderr)
    const [exit] = await once(child, 'exit')
    // A page of errors that has none writes nothing.
    if (words[0] === 'errors') continue
    expect(await said, words.join(' ')).toContain('The output cannot be written: ENOSPC')
    expect(await said, words.join(' ')).not.toMatch(/at \w+ \(|E_BUG/)
    expect(exit, words.join(' ')).toBe(1)
  }
})
