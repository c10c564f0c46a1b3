import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerStore } from '../../src/stores/answers/answers.ts'
import { openStore } from '../../src/stores/open.ts'
import { requestStore } from '../../src/stores/requests/requests.ts'
import { runStore } from '../../src/stores/runs/runs.ts'
import type { PageFilter } from '../../src/ports/store/requests.ts'
import { createDatabase } from '../support/postgres.ts'
import { required } from '../../src/testing/stores/fixtures.ts'
import { type ExplainedState, openExplained, type Work } from './page-plans.ts'

const requests = 100_000
const perBatch = 5_000
/** The batch behind all others, whose requests lie all over the run: those that were sent again. */
const scattered = requests / perBatch
const visit = 500
/** Those that went wrong: pages of them take the longer the more they are. */
const troubled = Math.ceil((2 * requests) / 97)
const limit = 50

/** Rows from 0 up to `count`. */
const series = {
  sqlite: 'with recursive s(i) as (values (0) union all select i + 1 from s where i + 1 < $) ',
  postgres: 'with s(i) as (select generate_series(0, $ - 1)) ',
}

async function fill({ context, execute }: ExplainedState): Promise<void> {
  const from = (count: number): string => series[context.dialect].replace('$', String(count))
  const batch = `case when i % 1000 = 7 then ${scattered} else i / ${perBatch} end`
  const outcome = `case when i % 97 = 3 then 'failed' when i % 97 = 5 then 'invalid' else 'merged' end`
  const insert = (into: string, count: number, values: string): Promise<void> =>
    context.dialect === 'sqlite'
      ? execute(`${from(count)} insert into ${into} select ${values} from s`)
      : execute(`insert into ${into} ${from(count)} select ${values} from s`)
  await insert(
    'requests (run_id, seq, key, fingerprint, row_hash, batch_n, line, outcome, reason)',
    requests,
    `'big', i, 'key-' || (1000000 + i), 'print-' || i, 'hash', ${batch}, i % ${perBatch}, ${outcome}, case when i % 97 = 3 then 'refused it' end`,
  )
  await insert(
    'events (run_id, at, kind, data)',
    20_000,
    `case when i % 10 = 0 then 'big' else 'run-' || (i % 500) end, i, 'attempt', '{}'`,
  )
  await insert(
    'runs (id, job, live_key, state, spec, created_at, next_at)',
    2_000,
    `'run-' || i, 'job-' || (i % 20), case when i % 500 = 0 then 'live-' || i end, 'done', '{}', i, case when i % 500 = 0 then i end`,
  )
  await insert(
    'attempts (run_id, batch_n, n, nonce, state, created_at, next_at)',
    2_000,
    `'run-' || (i / 2), i % 2, 1, 'nonce', case when i % 500 = 0 then 'in_progress' else 'merged' end, i, case when i % 500 = 0 then i end`,
  )
  if (context.dialect === 'postgres') await execute('analyze')
}

const filters: readonly (readonly [string, PageFilter])[] = [
  ['of a run', {}],
  ['of a batch', { batchN: 19 }],
  ['of a batch whose requests lie all over the run', { batchN: scattered }],
  ['of what failed', { outcomes: ['failed'] }],
  ['of what was merged', { outcomes: ['merged'] }],
  ['of what failed in a batch', { batchN: 19, outcomes: ['failed'] }],
  ['with a reason', { outcomes: ['failed', 'invalid'], reason: 'refused' }],
  ['with keys that begin so', { keyPrefix: 'key-109' }],
  ['with keys that begin so, merged', { keyPrefix: 'key-109', outcomes: ['merged'] }],
]

describe.for(['sqlite', 'postgres'] as const)('in %s', (dialect) => {
  let folder = ''
  let database: Awaited<ReturnType<typeof createDatabase>> | null = null
  let state: ExplainedState | null = null
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'offpeak-plans-'))
    if (dialect === 'postgres') database = await createDatabase()
    const location = database?.url ?? join(folder, 'state.db')
    await (await openStore(location, 'lineage'))[Symbol.asyncDispose]()
    state = await openExplained(dialect, location)
    await fill(state)
  })
  afterAll(async () => {
    await state?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  /** Every statement finds its rows by an index, in their order, and PostgreSQL looks at so many of them at most. */
  const expectCheap = (works: readonly Work[], mostVisited: number, maySort = false): void => {
    expect(works.length).toBeGreaterThan(0)
    for (const { statement, visited, dear } of works) {
      const read = dear.filter((each) => each !== 'Sort' && !(maySort && each.includes('TEMP B-TREE')))
      expect(read, statement).toEqual([])
      // Of few rows PostgreSQL sorts all that are meant.
      if (visited !== null) expect(visited, statement).toBeLessThanOrEqual(mostVisited)
    }
  }

  test.for(filters)(
    'a page of requests %s, and how many there are, is found by an index',
    async ([, filter]) => {
      const { context, worksOf } = required(state)
      const store = requestStore(context)
      const mostVisited = 3 * visit + (filter.outcomes?.includes('failed') ? 2 * troubled : 0)
      for (const after of [null, 50_000])
        expectCheap(
          await worksOf(() => store.requestPage('big', filter, { after, limit, visit })),
          mostVisited,
        )
      expectCheap(await worksOf(() => store.countRequests('big', filter, visit)), mostVisited)
    },
  )

  test('every page of a batch is read where it lies', async () => {
    const { context, worksOf } = required(state)
    const store = answerStore(context)
    for (const [n, afterSeq] of [
      [19, -1],
      [19, 97_000],
      [0, -1],
      [scattered, 50_000],
    ] as const) {
      const works = await worksOf(() => store.batchRequests('big', n, { afterSeq, limit }))
      expectCheap(works, limit)
      expect(
        works.flatMap(({ dear }) => dear),
        'it need not be sorted',
      ).toEqual([])
    }
  })

  test('the records of a run, and the neighbours of one, are read in their order', async () => {
    const { context, worksOf } = required(state)
    const store = requestStore(context)
    expectCheap(await worksOf(() => store.requests('big', { afterSeq: 90_000, limit })), limit)
    expectCheap(
      await worksOf(() => store.requests('big', { afterSeq: 90_000, limit, outcomes: ['failed'] })),
      3 * limit,
    )
    expectCheap(await worksOf(() => store.neighbours('big', 90_000)), 2)
  })

  test('what is sent again is found among what went wrong, wherever it lies', async () => {
    const { context, worksOf } = required(state)
    const store = requestStore(context)
    const wish = { maxTries: 3, limit, onlyChosen: false }
    for (const kind of [{ ruled: 'all' }, { chosen: null }, { chosen: null, ruled: 'others' }] as const)
      expectCheap(await worksOf(() => store.requestsToRetry('big', { ...wish, ...kind })), 2 * troubled)
  })

  test('what happens is read on from where one is, of a run and of all', async () => {
    const { context, worksOf } = required(state)
    expectCheap(await worksOf(() => runStore(context).events('big', 15_000, limit)), 2_000)
    expectCheap(await worksOf(() => runStore(context).eventsToDeliver(15_000, limit)), limit)
    // PostgreSQL looks through the locks of its sessions besides.
    expectCheap(await worksOf(() => runStore(context).newestEvent()), 100)
  })

  test('lists of runs, and what is due, are found by an index', async () => {
    const { context, worksOf } = required(state)
    const store = runStore(context)
    expectCheap(await worksOf(() => store.runs({ limit })), limit)
    expectCheap(
      await worksOf(() => store.runs({ limit, after: { createdAt: 1_000, id: 'run-1000' } })),
      2 * limit,
    )
    expectCheap(await worksOf(() => store.runs({ limit, job: 'job-3' })), 4 * limit)
    expectCheap(await worksOf(() => store.runs({ limit, live: true })), 4 * limit, true)
    expectCheap(await worksOf(() => runStore(context).due(5_000, 16, null)), limit, true)
    expectCheap(await worksOf(() => runStore(context).nextDue(null)), limit)
  })
})
