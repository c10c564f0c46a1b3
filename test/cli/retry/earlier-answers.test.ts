import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { createDatabase } from '../../support/postgres.ts'
import { readJson } from '../notes-project.ts'
import { call, linesOf, providerProject, temporaryFolder, write } from '../project.ts'

const statusJson = z.object({
  run: z.string(),
  state: z.string(),
  counts: z.record(z.string(), z.number()),
  pending: z.number(),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
})
const rowJson = z.object({
  key: z.string(),
  outcome: z.string(),
  tries: z.number(),
  costUsd: z.number().nullable(),
})
const recordJson = z.object({
  outcome: z.string(),
  text: z.string().nullable(),
  tries: z.array(z.object({ n: z.number(), outcome: z.string(), costUsd: z.number().nullable() })),
})

interface Notes extends AsyncDisposable {
  readonly dir: string
  readonly emulator: Emulator
}

const strict = "check: () => 'too plain',"

/** Ten notes whose answers are never good enough, until the check is mended. */
async function strictNotes(kind: 'SQLite' | 'PostgreSQL', job: string): Promise<Notes> {
  const folder = temporaryFolder()
  const emulator = await startEmulator({ speed: 2_000, announces: false })
  const database = kind === 'PostgreSQL' ? await createDatabase() : null
  await providerProject(folder.path, emulator)
  const state = database === null ? '' : `state: ${JSON.stringify(database.url)}, `
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ ${state}timings: { pollEveryMs: 50 } })\n`,
  })
  await change(folder.path, 'to: {', `${strict} ${job}\n  to: {`)
  return {
    dir: folder.path,
    emulator,
    async [Symbol.asyncDispose]() {
      await emulator.close()
      await database?.[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

async function change(dir: string, before: string, after: string): Promise<void> {
  const text = readFileSync(join(dir, 'jobs/notes.job.ts'), 'utf8')
  expect(text).toContain(before)
  await write(dir, { 'jobs/notes.job.ts': text.replace(before, after) })
}

const statusOf = async ({ dir }: Notes): Promise<z.infer<typeof statusJson>> =>
  readJson(statusJson, await call(dir, 'status', 'notes', '--json'))
const linesIn = ({ dir }: Notes): number => linesOf(join(dir, 'out.jsonl'), z.looseObject({})).length

/** The columns of all records add up to what the run has spent, which is what was billed. */
async function checkCosts({ dir, emulator }: Notes, run: string): Promise<void> {
  const printed = await call(dir, 'results', run)
  const rows = printed.stdout
    .trimEnd()
    .split('\n')
    .map((line) => rowJson.parse(JSON.parse(line)))
  const summed = Math.round(rows.reduce((sum, { costUsd: cost }) => sum + (cost ?? 0), 0) * 1e6)
  const { money } = readJson(statusJson, await call(dir, 'status', run, '--json'))
  expect(Math.abs(summed - money.spentMicroUsd)).toBeLessThanOrEqual(2)
  expect(Math.abs(money.spentMicroUsd - emulator.bill().cost_micro_usd)).toBeLessThanOrEqual(2)
}

describe.for(['SQLite', 'PostgreSQL'] as const)('a record that is queued again, in %s,', (kind) => {
  /** A run of invalid answers whose retry waits for money that the day does not have. */
  async function waitingRetry(): Promise<Notes & { readonly run: string }> {
    const notes = await strictNotes(kind, "retry: { max: 1 }, budget: { perDay: '$0.0004' },")
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1')
    const { run, counts } = await statusOf(notes)
    expect(counts).toEqual({ invalid: 10 })
    const paused = await call(notes.dir, 'retry', run, '--max-cost', '$1')
    expect(paused.stderr).toContain('that the job may cost a day')
    expect(await statusOf(notes)).toMatchObject({ state: 'paused', pending: 10 })
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
    return { ...notes, run }
  }

  test('is judged by its stored answer while the retry waits, which is then not sent', async () => {
    await using notes = await waitingRetry()
    await change(notes.dir, strict, '')
    const merged = await call(notes.dir, 'merge', notes.run, '--today')
    expect(merged.stdout).toContain('10 stored answers written again: 10 merged')
    expect(linesIn(notes)).toBe(10)
    const resumed = await call(notes.dir, 'resume', notes.run)
    expect(resumed.exit).toBe(0)
    expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { merged: 10 } })
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
    await checkCosts(notes, notes.run)
  })

  test('stays queued where today’s job does not take its answer either', async () => {
    await using notes = await waitingRetry()
    await change(notes.dir, strict, "check: ({ row }) => row.id < 4 || 'too plain',")
    const merged = await call(notes.dir, 'merge', notes.run, '--today')
    expect(merged.stdout).toContain('4 merged')
    expect(merged.stdout).toContain('6 invalid')
    expect(await statusOf(notes)).toMatchObject({ state: 'paused', counts: { merged: 4, invalid: 6 } })
    // Six of them fit into the money of the day, and only they are sent.
    await call(notes.dir, 'resume', notes.run)
    expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { merged: 4, invalid: 6 } })
    expect(notes.emulator.bill()).toMatchObject({ requests: 16 })
    await checkCosts(notes, notes.run)
  })

  test('has its answer again when the retry is cancelled', async () => {
    await using notes = await waitingRetry()
    const cancelled = await call(notes.dir, 'cancel', notes.run, '--yes')
    expect(cancelled.stderr + cancelled.stdout).not.toContain('E_BUG')
    expect(await statusOf(notes)).toMatchObject({ state: 'cancelled', counts: { invalid: 10 } })
    await change(notes.dir, strict, '')
    const merged = await call(notes.dir, 'merge', notes.run, '--today')
    expect(merged.stdout).toContain('10 merged')
    expect(linesIn(notes)).toBe(10)
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
    await checkCosts(notes, notes.run)
  })

  test('has its answer again when only what was not sent is dropped, and is not sent after that', async () => {
    await using notes = await waitingRetry()
    await call(notes.dir, 'cancel', notes.run, '--unsent', '--yes')
    await call(notes.dir, 'resume', notes.run)
    expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { invalid: 10 } })
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
    const again = await call(notes.dir, 'retry', notes.run, '--status', 'invalid')
    expect(again.stderr, 'somebody can still choose it').toContain('10 requests of run')
  })

  test.for([
    ['fails', 'line-4xx:every=1', { answers: 10 }],
    ['expires, each time', 'expire-all@all', { answers: 10 }],
    ['is refused as a file', 'validation-fail@all:code=invalid_json_line', { answers: 10 }],
    ['is cut', 'outcome:every=1,of=length', { answers: 20 }],
  ] as const)('has its answer again when the retry %s', async ([, scenario, { answers }]) => {
    await using notes = await strictNotes(kind, 'retry: { max: 1 },')
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1')
    const { run } = await statusOf(notes)
    notes.emulator.play(scenario)
    await call(notes.dir, 'retry', run, '--max-cost', '$1')
    expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { invalid: 10 }, pending: 0 })
    expect(notes.emulator.bill()).toMatchObject({ requests: answers })
    await checkCosts(notes, run)
    const record = readJson(recordJson, await call(notes.dir, 'show', run, '3', '--json'))
    expect(record.text).toContain('summary')
    expect(record.tries.map(({ n }) => n)).toEqual(record.tries.map((_, at) => at + 1))
    expect(record.tries[0]).toMatchObject({ outcome: 'invalid' })
    expect(record.tries.at(-1)?.outcome).not.toBe('invalid')
    await change(notes.dir, strict, '')
    const merged = await call(notes.dir, 'merge', run, '--today')
    expect(merged.stdout).toContain('10 merged')
    expect(linesIn(notes)).toBe(10)
    expect(notes.emulator.bill()).toMatchObject({ requests: answers })
    await checkCosts(notes, run)
  })

  test('has its answer again when its last automatic try brings less', async () => {
    await using notes = await strictNotes(kind, 'retry: { max: 2 },')
    notes.emulator.play('line-4xx@2:every=1')
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1')
    expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { invalid: 10 } })
    await change(notes.dir, strict, '')
    const { run } = await statusOf(notes)
    expect((await call(notes.dir, 'merge', run, '--today')).stdout).toContain('10 merged')
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
    // Nothing is left that anybody would buy.
    expect((await call(notes.dir, 'run', 'notes', '--max-cost', '$1')).stderr).toContain('Nothing')
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
  })

  test('is written from whichever of its answers the fixed job takes', async () => {
    await using notes = await strictNotes(kind, 'retry: { max: 1 },')
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1')
    const { run } = await statusOf(notes)
    notes.emulator.play('outcome:every=1,of=wrong_schema')
    await call(notes.dir, 'retry', run, '--max-cost', '$1')
    expect(await statusOf(notes)).toMatchObject({ counts: { invalid: 10 } })
    await change(notes.dir, strict, '')
    const errors = await call(notes.dir, 'errors', run)
    expect(errors.stdout).toContain('10 judge again, free')
    expect((await call(notes.dir, 'merge', run, '--today')).stdout).toContain('10 merged')
    expect(notes.emulator.bill()).toMatchObject({ requests: 20 })
    await checkCosts(notes, run)
  })

  test('is not bought by a rescue that waits, once its stored answer is written', async () => {
    await using notes = await strictNotes(kind, "retry: { max: 1 }, budget: { perDay: '$0.0004' },")
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1')
    const first = (await statusOf(notes)).run
    await call(notes.dir, 'retry', first, '--status', 'invalid', '--today', '--max-cost', '$1')
    const { run: rescue, state } = await statusOf(notes)
    expect({ rescue, state }).toEqual({ rescue: expect.not.stringContaining(first), state: 'paused' })
    await change(notes.dir, strict, '')
    const merged = await call(notes.dir, 'merge', first, '--today')
    expect(merged.stdout).toContain('10 merged')
    expect(merged.stderr).toContain('10 records of them have their answers and are not sent')
    expect((await call(notes.dir, 'merge', rescue, '--today')).stderr).toContain(
      `offpeak merge ${first} --today`,
    )
    await change(notes.dir, "perDay: '$0.0004'", "perDay: '$1'")
    await call(notes.dir, 'resume', rescue, '--today')
    expect(await statusOf(notes)).toMatchObject({ run: rescue, state: 'done', counts: { rescued: 10 } })
    expect(notes.emulator.bill()).toMatchObject({ requests: 10 })
    expect(linesIn(notes)).toBe(10)
  })

  test('is bought by a rescue that waits, where its stored answer still does not fit, without those that do', async () => {
    await using notes = await strictNotes(kind, "retry: { max: 1 }, budget: { perDay: '$0.0004' },")
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1')
    const first = (await statusOf(notes)).run
    await call(notes.dir, 'retry', first, '--status', 'invalid', '--today', '--max-cost', '$1')
    const { run: rescue } = await statusOf(notes)
    await change(notes.dir, strict, "check: ({ row }) => row.id < 4 || 'too plain',")
    const merged = await call(notes.dir, 'merge', first, '--today')
    expect(merged.stderr).toContain('4 records of them have their answers and are not sent')
    expect((await call(notes.dir, 'merge', first, '--today')).stderr).not.toContain('of them')
    await change(notes.dir, "perDay: '$0.0004'", "perDay: '$1'")
    await call(notes.dir, 'resume', rescue, '--today')
    expect(await statusOf(notes)).toMatchObject({
      run: rescue,
      state: 'done',
      counts: { rescued: 4, invalid: 6 },
    })
    expect(notes.emulator.bill()).toMatchObject({ requests: 16 })
    expect(linesIn(notes)).toBe(4)
  })
})
