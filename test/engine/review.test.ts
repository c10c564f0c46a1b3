import { readFileSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import * as offpeak from '../../src/index.ts'
import { linesOf, write } from '../cli/project.ts'
import { begin, carry, checkMoney, openKit, type KitProject, requestsOf } from './run-kit.ts'

/** Notes whose answers score by their number: those below 6 wait for a person. */
const scored = 'score: { of: ({ row }) => row.id / 12, min: 0.5 },'
const by = 'ada'

async function finished(job: string): Promise<KitProject & { readonly runId: string }> {
  const project = await openKit({ job })
  const runId = await begin(project)
  await carry(project, runId)
  return { ...project, runId, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() }
}

const line = z.object({ key: z.string(), summary: z.string() })
const writtenLines = ({ dir }: Pick<KitProject, 'dir'>): readonly z.infer<typeof line>[] =>
  linesOf(join(dir, 'out.jsonl'), line)
const keysOf = (project: Pick<KitProject, 'dir'>): readonly string[] =>
  writtenLines(project).map(({ key }) => key)

const say = (
  { offpeak, runId }: KitProject & { readonly runId: string },
  key: string,
  verdict: 'accept' | 'edit' | 'reject' | 'skip',
  more: { readonly patch?: unknown; readonly reason?: string } = {},
): ReturnType<typeof offpeak.review> =>
  offpeak.review({ run: runId, key, verdict, by, reason: null, ...more })

/** The counters of a run's batches say what its requests are. */
async function checkCounts(project: KitProject & { readonly runId: string }): Promise<void> {
  const { counts, money } = await project.offpeak.status(project.runId)
  const requests = await requestsOf(project, project.runId)
  const counted = Object.fromEntries(
    [...Map.groupBy(requests, ({ outcome }) => outcome)].map(([outcome, found]) => [outcome, found.length]),
  )
  expect(Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))).toEqual(counted)
  const unusable = requests
    .filter(({ outcome }) => outcome !== 'merged')
    .reduce((sum, { costPicoUsd }) => sum + (costPicoUsd ?? 0), 0)
  expect(money.wastedMicroUsd).toBe(Math.round(unusable / 1e6))
  await checkMoney(project, project.runId)
}

test('what waits for a person comes with the lowest score first', async () => {
  await using project = await finished(scored)
  const { offpeak, runId } = project
  const queue = await offpeak.reviewQueue(runId, { source: 'review', sample: 100 })
  expect(queue).toMatchObject({ schema: 'offpeak.review/2', run: runId, job: 'notes', total: 6 })
  expect(queue.items.map(({ key }) => key)).toEqual(['0', '1', '2', '3', '4', '5'])
  expect(queue.items[3]).toEqual({ key: '3', outcome: 'review', score: 0.25, verdict: null })
  expect(queue).toMatchObject({ verdicts: { accept: 0, edit: 0, reject: 0, skip: 0 }, accepted: null })
})

test('an accepted answer is written although its score is below the minimum', async () => {
  await using project = await finished(scored)
  expect(keysOf(project)).not.toContain('2')
  expect(await say(project, '2', 'accept')).toEqual({
    verdict: { run: project.runId, key: '2', verdict: 'accept', reason: null, by, at: expect.any(Number) },
    outcome: 'merged',
    wrote: true,
  })
  expect(keysOf(project)).toContain('2')
  await checkCounts(project)
  // A second time nothing is written, and writing everything again leaves it accepted.
  expect(await say(project, '2', 'accept')).toMatchObject({ outcome: 'merged', wrote: false })
  const counts = await project.offpeak.mergeAgain(project.runId, null)
  expect(counts).toEqual({ merged: 7, review: 5 })
  await checkCounts(project)
  const queue = await project.offpeak.reviewQueue(project.runId, { source: 'review', sample: 1 })
  expect(queue).toMatchObject({ total: 5, verdicts: { accept: 1 }, accepted: { percent: 100 } })
})

test('an edited output is written in place of the answer and survives whatever reads it', async () => {
  await using project = await finished(scored)
  const { offpeak, runId } = project
  const patch = { summary: 'Put better.' }
  expect(await say(project, '1', 'edit', { patch })).toMatchObject({ outcome: 'merged', wrote: true })
  // One that was written before, too: a file of lines gets another line.
  expect(await say(project, '8', 'edit', { patch })).toMatchObject({ outcome: 'merged', wrote: true })
  await offpeak.mergeAgain(runId, null)
  const lines = writtenLines(project)
  expect(lines.findLast(({ key }) => key === '1')?.summary).toBe('Put better.')
  expect(lines.findLast(({ key }) => key === '8')?.summary).toBe('Put better.')
  const outputs = new Map<string, unknown>()
  for await (const { key, output, outcome } of offpeak.results(runId))
    outputs.set(key, outcome === 'merged' ? output : outcome)
  expect(outputs.get('1')).toEqual(patch)
  expect(outputs.get('8')).toEqual(patch)
  expect(outputs.get('0')).toBe('review')
  await checkCounts(project)
})

test('an edited output has to fit the schema, and says where it does not', async () => {
  await using project = await finished(scored)
  for (const [patch, where] of [
    [{ summary: 7 }, 'output.summary'],
    [{ summary: 'a', more: 1 }, 'output.more'],
    ['text', 'output'],
  ] as const)
    await expect(say(project, '1', 'edit', { patch })).rejects.toMatchObject({ code: 'E_SCHEMA', where })
  await expect(say(project, '1', 'edit')).rejects.toMatchObject({ code: 'E_USAGE' })
  expect((await requestsOf(project, project.runId))[1]).toMatchObject({ outcome: 'review' })
  await checkCounts(project)
})

test('a rejected answer is declined, is not asked again automatically, and waits again when that is taken back', async () => {
  await using project = await finished(scored)
  const { offpeak, runId } = project
  expect(await say(project, '3', 'reject', { reason: 'made up' })).toMatchObject({
    outcome: 'declined',
    wrote: false,
  })
  expect(await offpeak.status(runId)).toMatchObject({ counts: { declined: 1, review: 5 }, needsAttention: 5 })
  await checkCounts(project)
  expect((await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })).toSend).toBe(0)
  await offpeak.mergeAgain(runId, null)
  expect((await requestsOf(project, runId))[3]).toMatchObject({ outcome: 'declined', reason: 'made up' })
  expect(await offpeak.takeBack(runId, '3')).toEqual({ outcome: 'review', wrote: false })
  expect((await requestsOf(project, runId))[3]).toMatchObject({
    outcome: 'review',
    reason: 'scored below 0.5',
  })
  await checkCounts(project)
  await expect(offpeak.takeBack(runId, '3')).rejects.toMatchObject({ code: 'E_RECORD_UNKNOWN' })
  // Somebody may also think otherwise.
  await say(project, '3', 'reject')
  expect(await say(project, '3', 'accept')).toMatchObject({ outcome: 'merged', wrote: true })
  await checkCounts(project)
})

test('a verdict on a written answer only counts, and taking back one that has written leaves the row', async () => {
  await using project = await finished(scored)
  const { offpeak, runId } = project
  expect(await say(project, '9', 'reject')).toMatchObject({ outcome: 'merged', wrote: false })
  expect(await say(project, '9', 'skip')).toMatchObject({ outcome: 'merged', wrote: false })
  await say(project, '1', 'edit', { patch: { summary: 'Put better.' } })
  expect(await offpeak.takeBack(runId, '1')).toEqual({ outcome: 'merged', wrote: true })
  const { verdicts, total } = await offpeak.reviewQueue(runId, { source: 'review', sample: 1 })
  expect({ verdicts, total }).toEqual({ verdicts: { accept: 0, edit: 0, reject: 0, skip: 0 }, total: 5 })
  await offpeak.mergeAgain(runId, null)
  for await (const { key, output } of offpeak.results(runId))
    if (key === '1') expect(output).toEqual({ summary: 'Put better.' })
  await checkCounts(project)
})

test('a sample is the same at every call, and tells how much was accepted', async () => {
  await using project = await finished('')
  const { offpeak, runId } = project
  const choice = { source: 'sample', sample: 5 } as const
  const first = await offpeak.reviewQueue(runId, choice)
  expect(first.items).toHaveLength(5)
  expect(await offpeak.reviewQueue(runId, choice)).toEqual(first)
  const all = await offpeak.reviewQueue(runId, { source: 'sample', sample: 100 })
  expect(all.items).toHaveLength(12)
  expect(all.items.slice(0, 5)).toEqual(first.items)
  for (const [at, { key }] of first.items.entries()) await say(project, key, at === 4 ? 'reject' : 'accept')
  const judged = await offpeak.reviewQueue(runId, choice)
  expect(judged.items.map(({ verdict }) => verdict)).toEqual([
    ...Array.from({ length: 4 }, () => 'accept'),
    'reject',
  ])
  expect(judged.accepted?.percent).toBe(80)
  expect(judged.accepted?.errorPercent).toBeGreaterThan(20)
})

test('what was not accepted can be accepted where it fits, and has to be edited where it does not', async () => {
  await using project = await openKit({
    marker: (id) => (id === 2 ? '[[invalid_json]]' : id === 4 ? '[[refusal]]' : ''),
    job: "retry: { max: 1 }, check: ({ row }) => (row.id === 3 ? 'no good' : true),",
  })
  const runId = await begin(project)
  await carry(project, runId)
  const { offpeak } = project
  const judged = { ...project, runId }
  const { items } = await offpeak.reviewQueue(runId, { source: 'failed', sample: 1 })
  expect(items.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['2', 'invalid'],
    ['3', 'invalid'],
    ['4', 'refused'],
  ])
  expect(await say(judged, '3', 'accept')).toMatchObject({ outcome: 'merged', wrote: true })
  await expect(say(judged, '2', 'accept')).rejects.toMatchObject({ code: 'E_SCHEMA' })
  await expect(say(judged, '4', 'accept')).rejects.toMatchObject({ code: 'E_SCHEMA' })
  expect(await say(judged, '4', 'edit', { patch: { summary: 'By hand.' } })).toMatchObject({ wrote: true })
  expect(await say(judged, '2', 'reject')).toMatchObject({ outcome: 'declined' })
  expect((await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })).toSend).toBe(0)
  await checkCounts(judged)
  expect(await offpeak.takeBack(runId, '2')).toEqual({ outcome: 'invalid', wrote: false })
  expect((await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })).toSend).toBe(1)
  await checkCounts(judged)
})

test('a record that is asked again is judged again', async () => {
  await using project = await finished(scored)
  const { offpeak, runId } = project
  await say(project, '1', 'reject')
  await say(project, '2', 'skip')
  const before = await requestsOf(project, runId)
  await offpeak.retry(runId, { outcomes: null, reason: null, keys: ['1', '2'] })
  await carry(project, runId)
  const requests = await requestsOf(project, runId)
  expect(requests.slice(1, 3).map(({ outcome }) => outcome)).toEqual(['review', 'review'])
  expect(requests[1]?.attemptId).not.toBe(before[1]?.attemptId)
  const queue = await offpeak.reviewQueue(runId, { source: 'review', sample: 1 })
  expect(queue.items.every(({ verdict }) => verdict === null)).toBe(true)
  expect(queue.verdicts).toEqual({ accept: 0, edit: 0, reject: 0, skip: 0 })
  await expect(offpeak.takeBack(runId, '1')).rejects.toMatchObject({ code: 'E_RECORD_UNKNOWN' })
})

test('a newer answer of another run is not written over', async () => {
  await using project = await finished('retry: { max: 1 }, check: ({ row }) => row.id !== 5 || "no good",')
  const { runId } = project
  await write(project.dir, {
    'jobs/notes.job.ts': readFileSync(join(project.dir, 'jobs/notes.job.ts'), 'utf8').replace(
      'row.id !== 5',
      'true',
    ),
  })
  await using later = await openProject({ cwd: project.dir, modules: { offpeak, zod: { z } } })
  const { run } = await later.start('notes', { params: {}, limit: null, only: null, redo: false }, 1_000_000)
  await later.drive({ runIds: [run.id], signal: AbortSignal.timeout(60_000) })
  await expect(
    later.review({ run: runId, key: '5', verdict: 'accept', by, reason: null }),
  ).rejects.toMatchObject({ code: 'E_RUN_STATE', message: expect.stringContaining(run.id) })
})

test('says what cannot be judged', async () => {
  await using project = await openKit({
    marker: (id) => (id === 1 ? '[[line_missing]]' : ''),
    job: 'retry: { max: 1 },',
  })
  const runId = await begin(project)
  await carry(project, runId)
  const judged = { ...project, runId }
  await expect(say(judged, '99', 'accept')).rejects.toMatchObject({ code: 'E_RECORD_UNKNOWN' })
  await expect(
    project.offpeak.review({ run: 'nope', key: '1', verdict: 'skip', by, reason: null }),
  ).rejects.toMatchObject({
    code: 'E_RUN_UNKNOWN',
  })
})
