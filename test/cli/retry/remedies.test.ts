import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { readJson } from '../notes-project.ts'
import { call, linesOf, providerProject, temporaryFolder, write } from '../project.ts'

const status = z.object({
  run: z.string(),
  state: z.string(),
  rescues: z.string().nullable(),
  needsAttention: z.number(),
  counts: z.record(z.string(), z.number()),
})
const errors = z.object({
  groups: z.array(z.object({ outcome: z.string(), reason: z.string().nullable(), count: z.number() })),
  remedies: z.array(
    z.object({
      kind: z.string(),
      records: z.number(),
      outcomes: z.array(z.string()),
      likelyMicroUsd: z.number().nullable(),
      parts: z.record(z.string(), z.number()),
      command: z.string(),
    }),
  ),
})
const plan = z.object({ toSend: z.number(), unchanged: z.number() })

async function change(dir: string, ...pairs: readonly (readonly [string, string])[]): Promise<void> {
  const path = 'jobs/notes.job.ts'
  let text = readFileSync(join(dir, path), 'utf8')
  for (const [before, after] of pairs) {
    expect(text).toContain(before)
    text = text.replace(before, after)
  }
  await write(dir, { [path]: text })
}

const cut = ['=> row.text,', "=> row.text + (row.id < 2 ? ' [[length]]' : ''),"] as const
/** Of ten notes, some are never good enough. */
const strict = [
  'to: {',
  "check: ({ row }) => (row.id < 3 ? 'too plain' : true),\n  retry: { max: 1 },\n  to: {",
] as const

const statusOf = async (dir: string, run: string): Promise<z.infer<typeof status>> =>
  readJson(status, await call(dir, 'status', run, '--json'))
const errorsOf = async (dir: string, run: string): Promise<z.infer<typeof errors>> =>
  readJson(errors, await call(dir, 'errors', run, '--json'))
const newest = async (dir: string): Promise<string> => (await statusOf(dir, 'notes')).run
/** Types a command as it was printed. */
const type = (dir: string, command: string, ...more: readonly string[]) =>
  call(
    dir,
    ...(command.match(/'[^']*'|\S+/g) ?? []).slice(1).map((word) => word.replaceAll("'", '')),
    ...more,
  )

test('a retry without a choice does not buy the same cut again, and says what would help', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, cut)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  expect(emulator.bill()).toMatchObject({ requests: 10 })

  expect((await call(folder.path, 'retry', first, '--max-cost', '$1')).exit).toBe(0)
  const unchanged = await call(folder.path, 'retry', first, '--status', 'truncated', '--max-cost', '$1')
  expect(unchanged.exit).toBe(6)
  expect(unchanged.stderr.replaceAll(/\s+/g, ' ')).toContain(
    '2 records ended without success before (2 cut at the same limit), and nothing has changed since: left out raise maxTokens or change the prompt; --max-tokens or --model asks these alone otherwise',
  )
  expect(emulator.bill()).toMatchObject({ requests: 10 })
  const stuck = await call(folder.path, 'errors', first)
  expect(stuck.stdout).toContain('2 truncated: end the same again')
})

test('records that were cut are asked with a higher limit alone, and the next plan has nothing to do', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  // The emulator cuts what it is told to cut, so that the prompt is fixed too.
  await change(folder.path, cut)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  await change(folder.path, [cut[1], '=> row.text,'])
  const rescued = await call(
    folder.path,
    'retry',
    first,
    '--status',
    'truncated',
    '--max-tokens',
    '400',
    '--max-cost',
    '$1',
  )
  expect(rescued.exit, rescued.stderr).toBe(0)
  expect(emulator.bill()).toMatchObject({ requests: 12 })
  expect(await statusOf(folder.path, first)).toMatchObject({
    needsAttention: 0,
    counts: { merged: 8, rescued: 2 },
  })
  const second = await newest(folder.path)
  expect(await statusOf(folder.path, second)).toMatchObject({ rescues: first, counts: { merged: 2 } })
  expect((await call(folder.path, 'status', second)).stdout).toContain(`asks records of run ${first} again`)
  expect((await call(folder.path, 'report', second)).stdout).toContain(`records of run ${first}`)
  expect((await call(folder.path, 'report', first)).stdout).toMatch(
    new RegExp(`Runs that asked records of this one again[^]*${second}`),
  )
  expect((await errorsOf(folder.path, first)).groups).toMatchObject([
    { outcome: 'rescued', reason: `was truncated; run ${second} has the answer`, count: 2 },
  ])
  expect(readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))).toMatchObject({
    toSend: 0,
    unchanged: 10,
  })
  expect(linesOf(join(folder.path, 'out.jsonl'), z.object({ key: z.unknown() }))).toHaveLength(10)
})

test('another model answers some records, and they are done for the job as it is', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, strict)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  await change(folder.path, ["'too plain' : true", "'' || true : true"])
  const rescued = await call(
    folder.path,
    'retry',
    first,
    '--status',
    'invalid',
    '--model',
    'gpt-4o',
    '--max-cost',
    '$1',
  )
  expect(rescued.exit, rescued.stderr).toBe(0)
  expect(emulator.bill()).toMatchObject({ requests: 13 })
  expect(await statusOf(folder.path, first)).toMatchObject({ needsAttention: 0 })
  expect(readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))).toMatchObject({ toSend: 0 })
})

test('invalid records are asked with the fixed prompt, those and no others', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, strict)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  expect((await errorsOf(folder.path, first)).remedies.map(({ kind }) => kind)).toEqual(['as-sent'])

  // The prompt says more for some, and the check looks at what the prompt is now for.
  await change(folder.path, ['=> row.text,', "=> (row.id < 3 ? 'At length: ' : '') + row.text,"])
  const { remedies } = await errorsOf(folder.path, first)
  expect(remedies).toMatchObject([
    { kind: 'today', records: 3, outcomes: ['invalid'], parts: { prompt: 3 } },
    { kind: 'as-sent', records: 3 },
  ])
  expect(remedies[0]?.likelyMicroUsd).toBeGreaterThan(0)
  expect(emulator.bill()).toMatchObject({ requests: 10 })
  await change(folder.path, ["'too plain' : true", "'' || true : true"])
  const rescued = await type(folder.path, remedies[0]?.command ?? '')
  expect(rescued.exit, rescued.stderr).toBe(0)
  expect(rescued.stderr).toContain('3 asked otherwise than then (prompt of 3)')
  expect(emulator.bill()).toMatchObject({ requests: 13 })
  expect(await statusOf(folder.path, first)).toMatchObject({ needsAttention: 0, counts: { rescued: 3 } })
})

test('where only the check has changed the stored answers are judged again at no cost', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, strict)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  await change(folder.path, ['row.id < 3', 'row.id < 1'])
  const { remedies } = await errorsOf(folder.path, first)
  expect(remedies).toMatchObject([
    { kind: 'judge', records: 2, likelyMicroUsd: 0, command: `offpeak merge ${first} --today` },
  ])
  expect(remedies, 'nothing is asked again before it is known which job counts').toHaveLength(1)
  const words = (await call(folder.path, 'errors', first)).stdout
  expect(words).toContain('2 judge again, free: 2 stored answers fit the job as it is now')
  expect((await type(folder.path, remedies[0]?.command ?? '')).exit).toBe(6)
  expect(await statusOf(folder.path, first)).toMatchObject({ counts: { merged: 9, invalid: 1 } })
  expect(emulator.bill()).toMatchObject({ requests: 10 })
  // The last one is sent as it was, within its run.
  const again = (await errorsOf(folder.path, first)).remedies[0]?.command ?? ''
  expect(again).toMatch(
    new RegExp(`^offpeak retry ${first} --status invalid --as-sent --max-cost '\\$[\\d.]+'$`),
  )
  expect((await type(folder.path, again)).exit).toBe(6)
  expect(await newest(folder.path)).toBe(first)
  expect(emulator.bill()).toMatchObject({ requests: 11 })
})

test('what a plain run answers later needs nobody in the run that asked first', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, cut)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  expect(await statusOf(folder.path, first)).toMatchObject({ needsAttention: 2 })
  await change(folder.path, [cut[1], '=> row.text,'])
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  expect(await statusOf(folder.path, first)).toMatchObject({ needsAttention: 0, counts: { rescued: 2 } })
})

const fixed = z.object({
  groups: z.array(
    z.object({ outcome: z.string(), count: z.number(), fix: z.object({ command: z.string() }) }),
  ),
})

test('every command that errors names can be typed, and buys nothing that would end the same', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(
    folder.path,
    [
      '=> row.text,',
      "=> (row.id === 4 ? '' : row.text + (['', ' [[length]]', ' [[refusal]]'][row.id] ?? '')),",
    ],
    ['to: {', "check: ({ row }) => (row.id === 5 ? 'too plain' : true),\n  retry: { max: 1 },\n  to: {"],
  )
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const first = await newest(folder.path)
  const { groups } = readJson(fixed, await call(folder.path, 'errors', first, '--json'))
  const outcomes = groups.map(({ outcome }) => outcome).toSorted()
  expect(outcomes).toEqual(['invalid', 'refused', 'truncated', 'unrenderable'])
  for (const { outcome, fix } of groups) {
    const before = emulator.bill().requests
    const typed = await type(folder.path, fix.command)
    expect(typed.stderr, fix.command).not.toMatch(/E_USAGE|E_BUG/)
    expect([0, 6], fix.command).toContain(typed.exit)
    const asks = outcome === 'invalid' || outcome === 'truncated'
    expect(emulator.bill().requests - before, fix.command).toBe(asks ? 1 : 0)
  }
})
