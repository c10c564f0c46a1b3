import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { knownScenarios } from '../../src/emulator/index.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import { createDatabase } from '../support/postgres.ts'
import { begin, carry, openKit, requestsOf, type KitProject } from './run-kit.ts'

/** So long a run is carried before what it has come to is held against the bill. */
const stageMs = 600

/** Carries a run for a while, or to its end. */
async function followRunAWhile({ offpeak }: KitProject, runId: string): Promise<void> {
  await offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(stageMs) })
}

/** Whatever was bought is in the ledger or still reserved, and no more than was agreed to. */
async function checkBill(
  project: KitProject,
  runId: string,
  capMicroUsd: number,
  when: string,
): Promise<void> {
  const { cost_micro_usd: billed } = project.emulator.bill()
  const { money } = await project.offpeak.status(runId)
  expect(billed, `${when}: the bill is within the cap`).toBeLessThanOrEqual(capMicroUsd)
  expect(
    money.spentMicroUsd + money.reservedMicroUsd,
    `${when}: the bill is in the ledger, or reserved`,
  ).toBeGreaterThanOrEqual(billed)
}

/** Done by a person who does not look closely; that there is nothing to do is fine. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError) || thrown.code !== 'E_RUN_STATE') throw thrown
  }
}

// OpenAI's answers do not tell the tier that they are billed in: what is billed so, nobody can know from here.
const untold: readonly string[] = ['wrong-tier']

test.concurrent.for(knownScenarios.map(({ name }) => name).filter((name) => !untold.includes(name)))(
  'the cap holds against the bill at a service with %s, also when it is accepted, resumed, retried and cancelled',
  { timeout: 60_000 },
  async (name) => {
    await using project = await openKit({
      records: 10,
      settings: {
        batch: { maxRequests: 5 },
        timings: {
          pollEveryMs: 30,
          quotaBackoffMs: 50,
          settleMs: [50],
          listingLagMs: 50,
          lostAfterMs: 300,
          leaseMs: 3_000,
        },
      },
    })
    const { offpeak, emulator } = project
    emulator.play(`${name}@all`)
    const { cost } = await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
    // Enough for every request once, and for none twice.
    const cap = cost?.atMostMicroUsd ?? 0
    expect(cap).toBeGreaterThan(0)
    const runId = await begin(project, {}, cap)
    await followRunAWhile(project, runId)
    await checkBill(project, runId, cap, 'carried')
    await insist(() => offpeak.accept(runId))
    await insist(() => offpeak.resume(runId, null))
    await followRunAWhile(project, runId)
    await checkBill(project, runId, cap, 'accepted and resumed')
    // Everything that needs somebody once more, as often as there is money for it.
    for (const round of [1, 2, 3]) {
      await insist(() => offpeak.retry(runId, { outcomes: null, reason: null, keys: null }))
      await followRunAWhile(project, runId)
      await checkBill(project, runId, cap, `retried, ${round}`)
    }
    await insist(() => offpeak.cancel(runId))
    await followRunAWhile(project, runId)
    // What was under way when the service was last asked may still be answered.
    await sleep(100)
    await checkBill(project, runId, cap, 'cancelled')
  },
)

/** The states that a run is kept in: a file of the project, and a database. */
const stores: readonly {
  readonly name: string
  readonly open: () => Promise<AsyncDisposable & { readonly settings: Readonly<Record<string, unknown>> }>
}[] = [
  {
    name: 'SQLite',
    open: () => Promise.resolve({ settings: {}, [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
  {
    name: 'PostgreSQL',
    async open() {
      const created = await createDatabase()
      return {
        settings: { state: created.url },
        [Symbol.asyncDispose]: () => created[Symbol.asyncDispose](),
      }
    },
  },
]

const long = 'The committee considered the proposal at length. '.repeat(400)
const nothingTold = ['line-usage@all:shape=absent', 'usage-missing@all']

interface Given {
  readonly what: string
  readonly marker: () => string
  readonly job: string
  readonly faults?: readonly string[]
}

describe.each(stores)('a service that does not tell what was used, with $name', ({ open }) => {
  test.concurrent.for<Given>([
    { what: 'long prompts', marker: () => long, job: '' },
    { what: 'short prompts', marker: () => '', job: '' },
    { what: 'answers that are cut', marker: () => '[[length]]', job: '' },
    {
      what: 'invalid answers that are asked again with what was wrong with them',
      marker: () => '[[wrong_schema]]',
      job: 'retry: { max: 3, repair: true },',
    },
    { what: 'answers that come twice', marker: () => '', job: '', faults: ['duplicate-lines@all'] },
  ])('is paid no more than the plan says at most, for $what', { timeout: 60_000 }, async (given) => {
    const { marker, job, faults = [] } = given
    await using state = await open()
    await using project = await openKit({ records: 10, marker, job, settings: state.settings })
    for (const fault of [...nothingTold, ...faults]) project.emulator.play(fault)
    const { offpeak } = project
    const { cost } = await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
    const most = cost?.atMostMicroUsd ?? 0
    const runId = await begin(project, {}, most)
    const { state: ended, money } = await carry(project, runId)
    expect(ended).toBe('done')
    await checkBill(project, runId, most, 'done')
    expect(money.spentMicroUsd, 'the ledger is within the cap').toBeLessThanOrEqual(most)
    await checkSettled(project, runId)
    await checkParts(project, runId)
  })

  test.concurrent(
    'never has unusable answers that cost more than all of them, when its sum is shared out',
    { timeout: 60_000 },
    async () => {
      await using state = await open()
      await using project = await openKit({
        records: 10,
        marker: (record) => (record % 2 === 0 ? '[[length]]' : ''),
        settings: state.settings,
      })
      project.emulator.play('line-usage@all:shape=total-only')
      const runId = await begin(project)
      const { counts } = await carry(project, runId)
      expect(counts).toEqual({ merged: 5, truncated: 5 })
      await checkSettled(project, runId)
      await checkParts(project, runId)
      expect((await project.offpeak.status(runId)).money.wastedMicroUsd).toBeGreaterThan(0)
    },
  )
})

/** No batch was settled at more than was reserved for it. */
async function checkSettled({ offpeak: { store } }: KitProject, runId: string): Promise<void> {
  const ledger = await store.ledger({ runId })
  const reserved = new Map(
    ledger.flatMap(({ kind, attemptId, amountMicroUsd }) =>
      kind === 'reserve' ? [[attemptId, amountMicroUsd] as const] : [],
    ),
  )
  const settled = ledger.filter(({ kind }) => kind === 'settle')
  expect(settled.length).toBeGreaterThan(0)
  for (const { attemptId, amountMicroUsd } of settled)
    expect(amountMicroUsd).toBeLessThanOrEqual(reserved.get(attemptId) ?? 0)
}

/** What unusable answers and duplicates cost is a part of all that was spent, which the records add up to. */
async function checkParts(project: KitProject, runId: string): Promise<void> {
  const { money } = await project.offpeak.status(runId)
  expect(money.wastedMicroUsd + money.duplicateMicroUsd).toBeLessThanOrEqual(money.spentMicroUsd)
  const records = await requestsOf(project, runId)
  const past = await project.offpeak.store.pastCosts(
    runId,
    records.map(({ seq }) => seq),
  )
  const picoUsd = records.reduce(
    (sum, { seq, costPicoUsd }) => sum + (costPicoUsd ?? 0) + (past.get(seq) ?? 0),
    0,
  )
  const batches = (await project.offpeak.store.ledger({ runId })).filter(({ kind }) => kind === 'settle')
  const told = money.spentMicroUsd - money.duplicateMicroUsd
  // Each batch is rounded up to a micro-dollar.
  expect(Math.abs(told - picoUsd / 1e6)).toBeLessThanOrEqual(batches.length)
}
