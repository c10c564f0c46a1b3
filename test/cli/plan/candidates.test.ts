import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, linesOf, temporaryFolder } from '../project.ts'

const candidates = `candidates: {
    now: {},
    terse: { prompt: ({ row }) => row.text.slice(0, 12) },
    small: { model: azure('gpt-4.1-nano-batch'), maxTokens: 60 },
  },
  score: { of: ({ row }) => (row.id % 3) / 2 },`

const compared = z.object({
  common: z.number(),
  sides: z.array(
    z.object({
      job: z.string(),
      model: z.string(),
      records: z.number(),
      compared: z.number(),
      costMicroUsd: z.number(),
      differences: z.object({ score: z.looseObject({ mayBeChance: z.boolean() }).nullable() }).nullable(),
    }),
  ),
})

test('candidates of a job are asked the same records, one run each, and compared with their cost', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: candidates })
  const run = await call(folder.path, 'run', 'notes', '--candidates', '--limit', '9', '--max-cost', '$1')
  expect(run.exit, run.stderr).toBe(0)
  expect(run.stderr).toContain('offpeak compare notes')
  const side = await call(folder.path, 'compare', 'notes')
  expect(side.exit, side.stderr).toBe(0)
  expect(side.stdout).toContain('over 9 records that all have an answer to')
  for (const name of ['now', 'terse', 'small', 'gpt-4.1-nano']) expect(side.stdout).toContain(name)
  const told = compared.parse(jsonOf(await call(folder.path, 'compare', 'notes', '--json')))
  expect(told.sides.map(({ job }) => job)).toEqual(['notes@now', 'notes@terse', 'notes@small'])
  for (const { records, compared: of, costMicroUsd } of told.sides) {
    expect([records, of]).toEqual([9, 9])
    expect(costMicroUsd).toBeGreaterThan(0)
  }
  expect(told.sides[0]?.differences).toBeNull()
  expect(told.sides[1]?.differences?.score?.mayBeChance).toBe(true)
})

test('candidates without answers are named and left out, and the others are compared all the same', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: candidates })
  for (const name of ['now', 'terse'])
    expect((await call(folder.path, 'run', `notes@${name}`, '--limit', '6', '--max-cost', '$1')).exit).toBe(0)
  const alone = await call(folder.path, 'compare', 'notes')
  expect(alone.exit, alone.stderr).toBe(0)
  expect(alone.stdout).toContain('over 6 records that all have an answer to')
  expect(alone.stdout).toContain('small is left out: it has not run')
  // Built, and never sent: it has a run, and no answer.
  expect((await call(folder.path, 'build', 'notes@small', '--limit', '6')).exit).toBe(0)
  const built = await call(folder.path, 'compare', 'notes')
  expect(built.stdout).toContain('over 6 records that all have an answer to')
  expect(built.stdout).toMatch(/small is left out: run \w+ has no answer/)
})

test('what candidates answer is kept next to, never in the sink, and the job itself stays undone', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: candidates })
  await call(folder.path, 'run', 'notes', '--candidates', '--limit', '3', '--max-cost', '$1')
  expect(existsSync(join(folder.path, 'out.jsonl'))).toBe(false)
  const lines = linesOf(
    join(folder.path, '.offpeak/candidates/notes@terse.jsonl'),
    z.object({ key: z.string(), summary: z.string(), was: z.number() }),
  )
  expect(lines.map(({ key }) => key).toSorted()).toEqual(['0', '1', '2'])
  const plan = z
    .object({ toSend: z.number(), unchanged: z.number() })
    .parse(jsonOf(await call(folder.path, 'plan', 'notes', '--json')))
  expect(plan).toEqual({ toSend: 12, unchanged: 0 })
})

test('a job without candidates says how it gets some', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const run = await call(folder.path, 'run', 'notes', '--candidates', '--yes')
  expect(run.exit).toBe(2)
  expect(run.stderr).toContain('candidates: { now: {}, short: { prompt: … } } in the job')
})

test('two runs are compared over the records that both have, whatever else one of them has', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: 'score: { of: ({ row }) => (row.id < 6 ? 1 : 0) },' })
  await call(folder.path, 'run', 'notes', '--limit', '6', '--yes')
  const first = z
    .object({ runs: z.array(z.object({ run: z.string() })) })
    .parse(jsonOf(await call(folder.path, 'status', '--json'))).runs[0]?.run
  await call(folder.path, 'run', 'notes', '--redo', '--yes')
  const shown = await call(folder.path, 'compare', first ?? '', 'notes')
  expect(shown.exit, shown.stderr).toBe(0)
  expect(shown.stdout).toContain('over 6 records that both have an answer to')
  expect(shown.stdout).toMatch(/score +1\.000 +1\.000/)
  expect(shown.stdout).toContain('what only one of them has an answer to is left out')
})
