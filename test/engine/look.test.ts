import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { begin, carry, openKit, type KitProject } from './run-kit.ts'

const everyRow = { answers: true, cursor: null, limit: 100 }

/** Twelve notes of which the first two are refused by the check, in three files. */
function choosy(max = 1): Promise<KitProject> {
  return openKit({
    job: `check: ({ row }) => row.id >= 2 || 'too early', retry: { max: ${max} },`,
  })
}

test('a page of rows has what each record came to, and where the next page begins', async () => {
  await using project = await choosy()
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  const first = await offpeak.rows(runId, { answers: true, cursor: null, limit: 5 })
  expect(first).toMatchObject({ matching: 12, answersKept: true })
  expect(first.items.map(({ key }) => key)).toEqual(['0', '1', '2', '3', '4'])
  expect(first.items[0]).toMatchObject({
    seq: 0,
    outcome: 'invalid',
    reason: expect.stringContaining('too early'),
    output: null,
    text: expect.stringContaining('summary'),
    tries: 1,
    batch: 0,
  })
  expect(first.items[2]).toMatchObject({ outcome: 'merged', output: { summary: expect.any(String) } })
  const next = await offpeak.rows(runId, { answers: false, cursor: first.nextCursor, limit: 50 })
  expect(next.items.map(({ key }) => key)).toEqual(['5', '6', '7', '8', '9', '10', '11'])
  expect(next.items[0], 'without answers').toMatchObject({ output: null, text: null })
  expect(next.nextCursor).toBeNull()
})

test('rows are chosen by outcome, reason, file and the beginning of their key', async () => {
  await using project = await choosy()
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  const keys = async (filter: object): Promise<readonly [number | null, readonly string[]]> => {
    const { items, matching } = await offpeak.rows(runId, { ...everyRow, answers: false, ...filter })
    return [matching, items.map(({ key }) => key)]
  }
  expect(await keys({ outcomes: ['invalid'] })).toEqual([2, ['0', '1']])
  expect(await keys({ outcomes: ['refused'] })).toEqual([0, []])
  expect(await keys({ reason: 'TOO early' })).toEqual([2, ['0', '1']])
  expect(await keys({ reason: 'too late' })).toEqual([0, []])
  expect(await keys({ batchN: 2 })).toEqual([2, ['10', '11']])
  expect(await keys({ batchN: 0, outcomes: ['merged'] })).toEqual([3, ['2', '3', '4']])
  expect(await keys({ keyPrefix: '1' })).toEqual([3, ['1', '10', '11']])
  expect(await keys({ keyPrefix: '1', outcomes: ['merged'] })).toEqual([2, ['10', '11']])
  await expect(offpeak.rows(runId, { ...everyRow, cursor: 'x' })).rejects.toMatchObject({ code: 'E_USAGE' })
})

test('rows come without their answers when the files or the job are gone', async () => {
  await using project = await choosy()
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  await rm(join(project.dir, '.offpeak', 'files'), { recursive: true })
  const gone = await offpeak.rows(runId, everyRow)
  expect(gone.items).toHaveLength(12)
  expect(gone.items[3]).toMatchObject({ outcome: 'merged', output: null, text: null })
  await offpeak.store.changeRun(runId, ['done'], { filesRemoved: 1 })
  expect(await offpeak.rows(runId, everyRow)).toMatchObject({ answersKept: false, matching: 12 })
  expect(await offpeak.record(runId, '3')).toMatchObject({
    outcome: 'merged',
    request: null,
    output: null,
    written: null,
  })
})

test('a record tells every try at it with what each has cost', async () => {
  await using project = await choosy(2)
  const runId = await begin(project)
  await carry(project, runId)
  const record = await project.offpeak.record(runId, '1')
  expect(record).toMatchObject({ outcome: 'invalid', previous: '0', next: '2', verdict: null })
  expect(record.command).toBe(`offpeak show ${runId} 1`)
  expect(record.tries).toMatchObject([
    {
      n: 1,
      batch: 0,
      line: 1,
      deliveryMode: 'batch',
      outcome: 'invalid',
      reason: expect.stringContaining('too early'),
    },
    { n: 2, batch: 3, line: 1, deliveryMode: 'batch', outcome: 'invalid' },
  ])
  for (const tried of record.tries) {
    expect(tried.costUsd).toBeGreaterThan(0)
    expect(tried.text).toContain('summary')
    expect(tried.at).toBeGreaterThan(0)
    expect(tried.providerBatchId).toMatch(/^batch_/)
  }
  const [one, two] = record.tries
  expect(one?.providerBatchId).not.toBe(two?.providerBatchId)
  const spent = await project.offpeak.status(runId)
  const rows = await project.offpeak.rows(runId, { ...everyRow, answers: false })
  const all = await Promise.all(rows.items.map(({ key }) => project.offpeak.record(runId, key)))
  const tried = all.flatMap(({ tries }) => tries).reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
  expect(Math.abs(tried * 1e6 - spent.money.spentMicroUsd), 'all tries are all that was spent').toBeLessThan(
    5,
  )
})

test('a record shows what its answer writes next to what the row had under that name', async () => {
  await using project = await openKit({
    job: "score: { of: ({ row }) => (row.id === 0 ? 0.2 : 0.9), min: 0.5 }, retry: { max: 1 }, check: ({ row }) => row.text !== '',",
  })
  const runId = await begin(project)
  await carry(project, runId)
  const merged = await project.offpeak.record(runId, '4')
  expect(merged.row).toMatchObject({ id: 4 })
  expect(merged).toMatchObject({ score: 0.9, output: { summary: expect.any(String) } })
  expect(merged.written).toMatchObject({ done: true, fields: [{ name: 'summary' }] })
  expect(merged.written?.sink).toContain('out.jsonl')
  const written = merged.written?.fields[0]
  expect(readFileSync(join(project.dir, 'out.jsonl'), 'utf8')).toContain(JSON.stringify(written?.after))
  const waiting = await project.offpeak.record(runId, '0')
  expect(waiting).toMatchObject({ outcome: 'review', score: 0.2, output: null })
  expect(waiting.written, 'what accepting it would write').toMatchObject({
    done: false,
    fields: [{ name: 'summary', after: expect.any(String) }],
  })
})

test('runs are listed newest first with what their statuses say', async () => {
  await using project = await choosy()
  const { offpeak } = project
  const ids: string[] = []
  for (let n = 0; n < 3; n++) {
    const runId = await begin(project, { redo: true })
    await carry(project, runId)
    ids.unshift(runId)
  }
  const first = await offpeak.runs({ limit: 2 })
  expect(first.items.map(({ run }) => run)).toEqual(ids.slice(0, 2))
  const rest = await offpeak.runs({ limit: 2, cursor: first.nextCursor })
  expect([rest.items.map(({ run }) => run), rest.nextCursor]).toEqual([ids.slice(2), null])
  for (const summary of first.items) {
    const { counts, money, plan, state, batches } = await offpeak.status(summary.run)
    expect(summary).toMatchObject({
      job: 'notes',
      simulated: false,
      state,
      records: 12,
      merged: counts.merged,
      pending: 0,
      needsAttention: 2,
      plannedMicroUsd: plan?.cost?.likelyMicroUsd,
      spentMicroUsd: money.spentMicroUsd,
      reservedMicroUsd: 0,
      capMicroUsd: 1_000_000,
      savedMicroUsd: money.savedMicroUsd,
      batches: [{ state: 'merged', ending: 'completed', count: batches.length }],
    })
  }
  expect((await offpeak.runs({ states: ['paused'], limit: 9 })).items).toEqual([])
  expect((await offpeak.runs({ jobs: ['other'], limit: 9 })).items).toEqual([])
  expect((await offpeak.runs({ jobs: null, job: 'notes', limit: 9 })).items).toHaveLength(3)
  await expect(offpeak.runs({ limit: 2, cursor: 'x' })).rejects.toMatchObject({ code: 'E_USAGE' })
})

test('money and merged records over time end where the run stands', async () => {
  await using project = await choosy()
  const runId = await begin(project)
  await carry(project, runId)
  const { points } = await project.offpeak.timeline(runId)
  const { money, counts, createdAt } = await project.offpeak.status(runId)
  expect(points[0]).toEqual({ at: createdAt, spentMicroUsd: 0, reservedMicroUsd: 0, merged: 0 })
  expect(points.at(-1)).toMatchObject({
    spentMicroUsd: money.spentMicroUsd,
    reservedMicroUsd: 0,
    merged: counts.merged,
  })
  expect(Math.max(...points.map(({ reservedMicroUsd }) => reservedMicroUsd))).toBeGreaterThan(0)
  expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted((one, other) => one - other))
})

test('costs are grouped twice, and only those of some jobs are told', async () => {
  await using project = await choosy()
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  const costs = await offpeak.costs('day', null, 'model', ['notes'])
  expect(costs).toMatchObject({ by: 'day', series: 'model', total: { merged: 10, runs: 1, series: null } })
  expect(costs.rows).toMatchObject([{ series: 'gpt-4o-mini', spentMicroUsd: costs.total.spentMicroUsd }])
  expect((await offpeak.costs('job', null)).rows).toMatchObject([{ name: 'notes', series: null }])
  expect((await offpeak.costs('job', null, null, ['other'])).total).toMatchObject({
    spentMicroUsd: 0,
    runs: 0,
  })
})

test('rows are searched and sorted by their answers, page by page', async () => {
  await using project = await openKit({
    job: 'score: { of: ({ row }) => ((row.id * 5) % 12) / 12 },',
  })
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  const all = await offpeak.rows(runId, everyRow)
  const [some] = all.items
  const text = some?.text ?? ''
  const word = /[a-z]{4,}/i.exec(text.replace('summary', ''))?.[0] ?? ''
  const having = all.items.filter((row) => row.text?.toLowerCase().includes(word.toLowerCase()))
  const found = await offpeak.rows(runId, { ...everyRow, answer: word.toUpperCase() })
  expect(found.items.map(({ key }) => key)).toEqual(having.map(({ key }) => key))
  expect(found.matching).toBe(having.length)
  expect(await offpeak.rows(runId, { ...everyRow, answer: 'no answer has this' })).toMatchObject({
    items: [],
    matching: 0,
    nextCursor: null,
  })

  const sort = { field: 'score', descending: true }
  const scores: (number | null)[] = []
  for (let cursor: string | null = null; ;) {
    const page = await offpeak.rows(runId, { ...everyRow, limit: 5, cursor, sort })
    expect(page.matching).toBe(12)
    scores.push(...page.items.map(({ score }) => score))
    cursor = page.nextCursor
    if (cursor === null) break
  }
  expect(scores).toHaveLength(12)
  expect(scores).toEqual(scores.toSorted((one, other) => (other ?? 0) - (one ?? 0)))
  const bySummary = await offpeak.rows(runId, {
    ...everyRow,
    sort: { field: 'output.summary', descending: false },
  })
  expect(bySummary.items).toHaveLength(12)
  await expect(
    offpeak.rows(runId, { ...everyRow, sort: { field: 'nothing', descending: false } }),
  ).rejects.toMatchObject({ code: 'E_USAGE' })
})

test('what has nothing to be sorted by comes last, whichever way the list is sorted', async () => {
  await using project = await choosy()
  const { offpeak } = project
  const runId = await begin(project)
  await carry(project, runId)
  for (const descending of [true, false]) {
    const { items } = await offpeak.rows(runId, {
      ...everyRow,
      sort: { field: 'output.summary', descending },
    })
    expect(items.slice(-2).map(({ key }) => key)).toEqual(['0', '1'])
  }
})
