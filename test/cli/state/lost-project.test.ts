import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { configOf } from '../kept-state.ts'
import { type Called, call, providerProject, temporaryFolder, write } from '../project.ts'

const run = ['run', 'notes', '--max-cost', '$1'] as const

/** What a screen says, on one line. */
function words({ stdout, stderr }: Called): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
}

function lines(dir: string): readonly string[] {
  return readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')
}

async function projectIn(dir: string, emulator: Emulator): Promise<string> {
  mkdirSync(dir, { recursive: true })
  await providerProject(dir, emulator)
  await write(dir, { 'offpeak.config.ts': configOf({}) })
  return dir
}

/** The command that a text names, without `offpeak`. */
function commandIn(text: string, verb: string): readonly string[] {
  const [, command = ''] = new RegExp(`\`?offpeak (${verb} [^\`,;]+?)\``).exec(text) ?? []
  expect(command).not.toBe('')
  return command.split(' ')
}

test('a project whose .offpeak is lost as a whole sends nothing again before a person has said whose its batches are', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await projectIn(dir, emulator)
  await call(dir, ...run, '--detach')
  rmSync(join(dir, '.offpeak'), { recursive: true })

  const again = await call(dir, ...run)
  expect(again.exit).not.toBe(0)
  const asked = words(again)
  expect(asked).toMatch(/4 files of this job(?: with 10 requests)? were sent with this key by project/)
  expect(asked).toContain('what is sent now may be paid a second time')
  expect(emulator.state().batches).toHaveLength(4)
  expect(words(await call(dir, 'batches'))).toMatch(/4 of others, left alone · 4 of them of project \w+/)

  const adopted = await call(dir, ...commandIn(asked, 'batches --adopt-project'))
  expect(adopted.exit, adopted.stderr).toBe(0)
  expect(words(adopted)).toMatch(/4 batches(?: with 10 requests)? of project \w+ are of this one now/)
  expect(words(adopted)).toMatch(/Go on offpeak resume \w+/)
  emulator.advanceClock(86_000_000)
  const resumed = await call(dir, 'resume', 'notes')
  expect(resumed.exit, words(resumed)).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
  expect(words(await call(dir, 'batches'))).toContain('4 batches are ours · none is orphaned')
})

test('a batch that ended and whose answers nobody has fetched is asked about as well', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await projectIn(dir, emulator)
  await call(dir, ...run, '--detach')
  rmSync(join(dir, '.offpeak'), { recursive: true })
  emulator.advanceClock(86_000_000)
  const asked = words(await call(dir, ...run))
  expect(asked).toMatch(/4 files of this job(?: with 10 requests)? were sent with this key by project/)
  await call(dir, ...commandIn(asked, 'batches --adopt-project'))
  expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})

test('batches of a colleague with the same key are left to him, once a person has said so', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  const mine = await projectIn(join(folder.path, 'mine'), emulator)
  const his = await projectIn(join(folder.path, 'his'), emulator)
  await call(his, ...run, '--detach')
  expect(words(await call(mine, ...run))).toContain("a colleague's")
  const accepted = await call(mine, 'resume', 'notes', '--accept', '--detach')
  expect(words(accepted)).toContain('what is sent now may be paid a second time')
  expect(emulator.state().batches).toHaveLength(8)
  emulator.advanceClock(86_000_000)
  for (const dir of [mine, his]) {
    expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
    expect(lines(dir)).toHaveLength(10)
  }
})

test('what another project has sent and fetched is no reason to ask, nor is a job of another name', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  const mine = await projectIn(join(folder.path, 'mine'), emulator)
  const his = await projectIn(join(folder.path, 'his'), emulator)
  expect((await call(his, ...run)).exit).toBe(0)
  expect((await call(mine, ...run)).exit).toBe(0)
  expect(lines(mine)).toHaveLength(10)
  expect(words(await call(mine, 'status'))).not.toContain('does not know')
})

test('a project that is not listed, or is this one already, is not taken over', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 2_000 })
  await projectIn(dir, emulator)
  const unknown = await call(dir, 'batches', '--adopt-project', 'nobody')
  expect(unknown.exit).toBe(2)
  expect(unknown.stderr).toContain('No batch of a project nobody is listed')
})
