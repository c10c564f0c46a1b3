import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCounts } from '../../src/domain/outcome.ts'
import { type CrashPoint, reviewEffects } from '../../src/engine/crash-points.ts'
import { type Cell, openCell, type Scenario, tableContent } from './cell.ts'
import { startWorker } from './process.ts'
import { joined } from './scenarios.ts'
import { workUntilDone } from './survive.ts'

const timeout = 120_000
const key = '4'

/** The answer to one record never fits its schema. */
const unfit: Scenario = { name: 'unfit', marker: (row) => (row === 3 ? '[[wrong_schema]]' : '') }

const points = (effects: readonly CrashPoint[] | readonly string[]): readonly string[] =>
  effects.flatMap((effect) => [`${effect}.before`, `${effect}.after`])

interface Said {
  readonly key: string
  readonly verdict: 'edit'
  readonly patch: unknown
}

/** Gives a verdict in a process that dies at a point, and once more in one that lives. */
async function sayTwice(cell: Cell, said: Said, crashAt: string): Promise<void> {
  await writeFile(join(cell.dir, 'review.json'), JSON.stringify(said))
  expect(await startWorker(cell.dir, 'review', `${crashAt}:1`).ended).toMatchObject({ signal: 'SIGKILL' })
  const again = await startWorker(cell.dir, 'review').ended
  expect(again.code, again.errors).toBe(0)
}

/** The counters of the batches say what the requests are, and there is one verdict. */
async function checkState({ store }: Cell, wanted: string): Promise<void> {
  const [run] = await store.runs({ limit: 1 })
  const runId = run?.id ?? ''
  const requests = await store.requests(runId, { limit: 1_000 })
  for (const batch of await store.batches(runId)) {
    const counted = Map.groupBy(
      requests.filter(({ batchN }) => batchN === batch.n),
      ({ outcome }) => outcome,
    )
    for (const [outcome, count] of Object.entries(parseCounts(batch.counts)))
      expect(count, `batch ${batch.n}, ${outcome}`).toBe(
        [...counted].find(([name]) => name === outcome)?.[1].length ?? 0,
      )
  }
  expect(requests.every(({ outcome }) => outcome === 'merged')).toBe(true)
  const seq = requests.find((request) => request.key === wanted)?.seq ?? -1
  expect(await store.verdicts(runId, [seq])).toMatchObject([{ verdict: 'edit', by: 'ada', overruled: 1 }])
}

describe.concurrent('a verdict survives kill -9', () => {
  test.each(points(reviewEffects))('%s, of an answer that was not written', { timeout }, async (point) => {
    await using cell = await openCell('sqlite', unfit)
    await workUntilDone(cell, [startWorker(cell.dir, 'run')])
    const patch = { headnote: 'By hand.', topics: ['lease'] }
    await sayTwice(cell, { key, verdict: 'edit', patch }, point)
    expect((await tableContent(cell.databaseUrl))[3]).toBe(JSON.stringify({ id: 4, ...patch }))
    await checkState(cell, key)
  })

  test.each(
    points([...reviewEffects, 'join.sink.write', 'join.commit']).filter(
      (point) => !point.startsWith('review.sink'),
    ),
  )('%s, of a part of a record that was written', { timeout }, async (point) => {
    await using cell = await openCell('sqlite', joined)
    await workUntilDone(cell, [startWorker(cell.dir, 'run')])
    const before = (await tableContent(cell.databaseUrl))[3]
    await sayTwice(cell, { key: `${key}/first`, verdict: 'edit', patch: { headnote: 'By hand.' } }, point)
    const after = (await tableContent(cell.databaseUrl))[3]
    expect(after).not.toBe(before)
    expect(after).toContain('"By hand. / ')
    await checkState(cell, `${key}\u001ffirst`)
  })
})
