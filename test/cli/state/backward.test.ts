import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { configOf, projectWithState, stateKinds } from '../kept-state.ts'
import { readJson } from '../notes-project.ts'
import { type Called, call, providerProject, temporaryFolder, write } from '../project.ts'

const run = ['run', 'notes', '--max-cost', '$1'] as const
const paidOnce = { requests: 10, duplicate_requests: 0 }

/** What a screen says, on one line. */
function words({ stdout, stderr }: Called): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
}

function lines(dir: string): readonly string[] {
  return readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')
}

function notes(dir: string): readonly string[] {
  const folder = join(dir, '.offpeak', 'files', '_intents')
  return readdirSync(folder).map((name) => join(folder, name))
}

describe.for(stateKinds)('with its state in %s', (kind) => {
  test('a project continues with a backup of the state from before its batches ended, and pays and writes nothing again', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 2_000 })
    await using state = await projectWithState(dir, emulator, kind)
    await call(dir, 'build', 'notes')
    await state.keep()
    await call(dir, 'submit', 'notes', '--max-cost', '$1')
    expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
    expect(lines(dir)).toHaveLength(10)

    await state.restore()
    const looked = words(await call(dir, 'status', 'notes'))
    expect(looked).toMatch(/4 files of notes with 10 requests \(at most \$[\d.]+\) were sent that this state/)
    const again = await call(dir, 'submit', 'notes', '--max-cost', '$1')
    expect(words(again)).toContain('This state does not know of 4 files with 10 requests that were sent')
    expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
    expect(lines(dir)).toHaveLength(10)
    expect(emulator.bill()).toMatchObject(paidOnce)
    const report = words(await call(dir, 'report', 'notes'))
    expect(report).toContain('10 of 10 merged')
    expect(report).not.toContain('paid twice')
  })

  test('a project whose state is lost while its batches run continues with them', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 1 })
    await using state = await projectWithState(dir, emulator, kind)
    await call(dir, ...run, '--detach')
    await state.lose()

    expect(words(await call(dir, 'status'))).toContain('4 files of notes with 10 requests')
    expect(words(await call(dir, 'plan', 'notes'))).toContain('continues as what was sent then')
    const listed = words(await call(dir, 'batches'))
    expect(listed).toContain('none is orphaned · 4 of a state that is gone')
    expect(listed).toContain('Go on offpeak run notes')
    expect(words(await call(dir, 'batches', '--cancel-orphans', '--yes'))).toContain(
      'None of them has to be cancelled',
    )
    expect(words(await call(dir, 'cancel', 'notes'))).toContain(
      'offpeak run notes continues with what was sent then, and offpeak cancel notes can stop that',
    )
    expect(words(await call(dir, 'doctor'))).toContain('does not know of 4 files of notes that were sent')

    await call(dir, ...run, '--detach')
    expect(words(await call(dir, 'batches'))).toContain('4 batches are ours · none is orphaned')
    emulator.advanceClock(86_000_000)
    expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
    expect(lines(dir)).toHaveLength(10)
    expect(emulator.bill()).toMatchObject(paidOnce)
    expect(words(await call(dir, 'status'))).not.toContain('does not know')
  })

  test('what a cancelled run has sent before its state was restored is cancelled at the provider', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 1 })
    await using state = await projectWithState(dir, emulator, kind)
    await call(dir, 'build', 'notes')
    await state.keep()
    await call(dir, 'submit', 'notes', '--max-cost', '$1')
    await state.restore()
    await call(dir, 'cancel', 'notes')
    expect(words(await call(dir, 'batches'))).toContain('4 batches are ours · none is orphaned')
    const states = z.array(z.object({ status: z.string() })).parse(emulator.state().batches)
    expect(states.map(({ status }) => status)).not.toContain('in_progress')
    expect(emulator.bill().requests).toBeLessThan(10)
  })
})

/** A project in a folder, and the same, state and all, in another one. */
async function copied(folder: string, emulator: Emulator): Promise<readonly [string, string]> {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  mkdirSync(first)
  await providerProject(first, emulator)
  await write(first, { 'offpeak.config.ts': configOf({}) })
  await call(first, 'status')
  cpSync(first, second, { recursive: true })
  return [first, second]
}

describe('a project that is in use at two places', () => {
  test('pays once for what both ask: the copy says what it finds, continues with it, and takes nothing from the other', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 1 })
    const [first, second] = await copied(folder.path, emulator)
    expect(words(await call(second, 'doctor'))).not.toContain('another copy of the project')
    await call(first, ...run, '--detach')

    expect(words(await call(second, 'doctor'))).toMatch(
      /does not know of 4 batches of notes at the provider .* another copy of the project is in use/,
    )
    expect(words(await call(second, 'batches'))).toContain('or by another copy of the project')
    expect(words(await call(second, ...run, '--detach'))).toMatch(
      /does not know of 4 files.* that were sent: .* another copy of the project is in use/,
    )
    emulator.advanceClock(86_000_000)
    for (const dir of [second, first]) {
      expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
      expect(lines(dir)).toHaveLength(10)
    }
    expect(emulator.bill()).toMatchObject(paidOnce)
  })

  test('cancels nothing of the other one', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 1 })
    const [first, second] = await copied(folder.path, emulator)
    await call(first, ...run, '--detach')
    await call(second, ...run, '--detach')
    await call(second, 'cancel', 'notes')
    expect(words(await call(second, 'status', 'notes'))).toMatch(/cancelled|lost/)
    emulator.advanceClock(86_000_000)
    expect((await call(first, 'resume', 'notes')).exit).toBe(0)
    expect(lines(first)).toHaveLength(10)
    expect(emulator.bill()).toMatchObject(paidOnce)
  })
})

describe('what cannot be matched is not bought again without a word', () => {
  test('files that are split otherwise wait for a person, who is told what it may cost', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 2_000 })
    await using state = await projectWithState(dir, emulator, 'sqlite')
    await call(dir, ...run)
    await state.lose()
    rmSync(join(dir, 'offpeak.config.ts'))
    await write(dir, { 'offpeak.config.ts': configOf({ maxRequests: 4 }) })

    const asked = words(await call(dir, ...run))
    expect(asked).toMatch(/4 files of this job with 10 requests \(at most \$[\d.]+\) were sent by a state/)
    expect(asked).toContain('match no file of this run; what is sent now may be paid a second time')
    expect(asked).toContain('--accept sends what matches no file of before')
    await call(dir, 'resume', 'notes')
    expect(emulator.bill(), 'looking again sends nothing').toMatchObject(paidOnce)

    const accepted = words(await call(dir, 'resume', 'notes', '--accept'))
    expect(accepted).toMatch(
      /4 files with 10 requests of a state that is gone, or of another project .*, are waited for no longer/,
    )
    expect(emulator.bill()).toMatchObject({ requests: 20, duplicate_requests: 10 })
    expect(lines(dir)).toHaveLength(10)
    expect(words(await call(dir, 'report', 'notes'))).toContain('what a state that is gone has sent is')
    expect(words(await call(dir, 'status'))).not.toContain('does not know')
  })

  test('a row that changed meanwhile keeps no other file from running', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 2_000 })
    await using state = await projectWithState(dir, emulator, 'sqlite')
    await call(dir, ...run)
    await state.lose()
    rmSync(join(dir, 'out.jsonl'))
    const rows = readFileSync(join(dir, 'notes.jsonl'), 'utf8').trimEnd().split('\n')
    const changed = rows.with(4, (rows[4] ?? '').replace('at noon', 'at dawn'))
    writeFileSync(join(dir, 'notes.jsonl'), `${changed.join('\n')}\n`)
    expect(words(await call(dir, ...run))).toMatch(
      /1 file of this job with 3 requests .* was sent by a state/,
    )
    expect(emulator.bill()).toMatchObject(paidOnce)
    expect(lines(dir)).toHaveLength(7)
  })

  test('files that ask nothing of what was sent before are sent without a question', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 2_000 })
    await using state = await projectWithState(dir, emulator, 'sqlite')
    await call(dir, ...run)
    await state.lose()
    const rows = readFileSync(join(dir, 'notes.jsonl'), 'utf8')
    writeFileSync(
      join(dir, 'notes.jsonl'),
      rows.replaceAll('at noon', 'at dawn').replaceAll('"id":', '"id":1'),
    )
    expect((await call(dir, ...run)).exit).toBe(0)
    expect(emulator.bill()).toMatchObject({ requests: 20, duplicate_requests: 0 })
    expect(lines(dir)).toHaveLength(20)
  })

  test('a note that cannot be read is looked up at the provider', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 2_000 })
    await using state = await projectWithState(dir, emulator, 'sqlite')
    await call(dir, ...run)
    await state.lose()
    for (const note of notes(dir).slice(2)) truncateSync(note, 9)
    const again = await call(dir, ...run)
    expect(again.exit, again.stderr).toBe(0)
    expect(lines(dir)).toHaveLength(10)
    expect(emulator.bill()).toMatchObject(paidOnce)
  })

  test('nor is what was sent after a backup of all of .offpeak, which knows neither run nor notes', async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 60 })
    await projectWithState(dir, emulator, 'sqlite')
    await call(dir, ...run, '--limit', '3')
    cpSync(join(dir, '.offpeak'), join(dir, 'whole'), { recursive: true })
    await call(dir, ...run, '--detach')
    rmSync(join(dir, '.offpeak'), { recursive: true })
    renameSync(join(dir, 'whole'), join(dir, '.offpeak'))
    emulator.advanceClock(86_000_000)
    await call(dir, 'resume', 'notes')
    expect((await call(dir, ...run)).exit).toBe(0)
    expect(emulator.bill()).toMatchObject(paidOnce)
    expect(lines(dir)).toHaveLength(10)
  })
})

test('a corrupt state that is moved away as the error says costs nothing again, nor does an empty one', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 2_000 })
  await projectWithState(dir, emulator, 'sqlite')
  await call(dir, ...run)
  const state = join(dir, '.offpeak')
  const own = (): readonly string[] => readdirSync(state).filter((name) => name.startsWith('state.db'))
  for (const name of own()) rmSync(join(state, name))
  writeFileSync(join(state, 'state.db'), 'this is no database at all, whatever its name says')

  const failed = words(await call(dir, 'status'))
  expect(failed).toContain('E_STATE_CORRUPT')
  expect(failed).toContain('move state.db, state.db-wal and state.db-shm away together')
  for (const name of own()) renameSync(join(state, name), join(dir, `moved-${name}`))
  expect(words(await call(dir, 'status'))).toContain('4 files of notes with 10 requests')
  expect((await call(dir, ...run)).exit).toBe(0)

  for (const name of own()) rmSync(join(state, name))
  writeFileSync(join(state, 'state.db'), '')
  expect((await call(dir, ...run)).exit).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject(paidOnce)
})

test('a marker of the files directory that is deleted as the error says is written again, and nothing is bought again', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await projectWithState(dir, emulator, 'sqlite')
  await call(dir, ...run, '--detach')
  const marker = join(dir, '.offpeak', 'files', 'project.json')
  writeFileSync(marker, '{"schema":')
  const failed = words(await call(dir, 'resume', 'notes'))
  expect(failed).toContain('E_FILES')
  expect(failed).toContain('delete it and run `offpeak clean --adopt-files`')
  rmSync(marker)
  expect((await call(dir, 'clean', '--adopt-files')).exit).toBe(0)
  emulator.advanceClock(86_000_000)
  expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
  expect(emulator.bill()).toMatchObject(paidOnce)
})

test('of two batches of one file the older is kept, and the newer is cancelled before it runs', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  // The list shows a batch so late that its try is replaced.
  await using emulator = await startEmulator({ speed: 1, listLagMs: 2_500 })
  await using state = await projectWithState(dir, emulator, 'sqlite')
  await call(dir, 'build', 'notes', '--limit', '3')
  await state.keep()
  emulator.addFault({ operation: 'batches.create', when: 'after', times: 1, action: { type: 'drop' } })
  await call(dir, 'submit', 'notes', '--max-cost', '$1')
  const made = z.array(z.object({ id: z.string(), status: z.string(), created_at: z.number() }))
  const [older, newer, ...more] = made.parse(emulator.state().batches)
  expect(more).toEqual([])

  await state.restore()
  await new Promise((done) => setTimeout(done, 2_500))
  await call(dir, 'submit', 'notes', '--max-cost', '$1')
  const batches = z.object({ batches: z.array(z.object({ providerBatchId: z.string().nullable() })) })
  expect(readJson(batches, await call(dir, 'status', 'notes', '--json')).batches).toEqual([
    { providerBatchId: older?.id },
  ])
  emulator.advanceClock(86_000_000)
  await call(dir, 'resume', 'notes')
  expect(lines(dir)).toHaveLength(3)
  expect(emulator.bill()).toMatchObject({ requests: 3, duplicate_requests: 0 })
  expect(words(await call(dir, 'report', 'notes'))).toContain(newer?.id.slice(0, 12) ?? '')
})

test('of two batches of one file that have both run, the older is kept and the newer is reported as paid twice, with its amount', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1, listLagMs: 2_500 })
  await using state = await projectWithState(dir, emulator, 'sqlite')
  await call(dir, 'build', 'notes', '--limit', '3')
  await state.keep()
  emulator.addFault({ operation: 'batches.create', when: 'after', times: 1, action: { type: 'drop' } })
  await call(dir, 'submit', 'notes', '--max-cost', '$1')
  emulator.advanceClock(86_000_000)

  await state.restore()
  await new Promise((done) => setTimeout(done, 2_500))
  await call(dir, 'submit', 'notes', '--max-cost', '$1')
  const ended = await call(dir, 'resume', 'notes')
  expect(ended.exit).toBe(6)
  expect(words(ended)).toContain('was paid twice')
  expect(lines(dir)).toHaveLength(3)
  const { money } = readJson(
    z.object({ money: z.object({ duplicateMicroUsd: z.number(), spentMicroUsd: z.number() }) }),
    await call(dir, 'status', 'notes', '--json'),
  )
  expect(money.duplicateMicroUsd).toBeGreaterThan(0)
  expect(money.spentMicroUsd).toBeGreaterThanOrEqual(emulator.bill().cost_micro_usd)
  expect(emulator.bill()).toMatchObject({ requests: 6, duplicate_requests: 3 })
})
