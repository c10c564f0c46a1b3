import { expect, test } from 'vitest'
import type { RunStatus } from '../../src/engine/queries/status.ts'
import { begin, carry, checkMoney, openKit, type KitProject, requestsOf, sinkRows } from './run-kit.ts'

const quick = { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 }

/** A run of twelve notes in files of five, at a service that plays these scenarios. */
async function runAt(
  scenarios: readonly string[],
  { cap = 1_000_000, lostAfterMs = 1_500 }: { readonly cap?: number; readonly lostAfterMs?: number } = {},
): Promise<
  { readonly project: KitProject; readonly runId: string; readonly status: RunStatus } & AsyncDisposable
> {
  const project = await openKit({
    settings: { batch: { maxRequests: 5 }, timings: { ...quick, lostAfterMs } },
  })
  for (const scenario of scenarios) project.emulator.play(scenario)
  const runId = await begin(project, {}, cap)
  const status = await carry(project, runId)
  return { project, runId, status, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() }
}

test.for([
  'short-download@all',
  'short-download@all:cut=mid-line',
  'late-output@all:downloads=2',
  'late-output@all:status=403,downloads=2',
  'late-file-ids@all:polls=3',
  'gzip',
  'clock-skew:seconds=-3600',
  'lost-create@2',
  'lost-create@2:answer=500',
  'body-as-text@all',
  'line-usage@all:shape=mixed',
  'line-usage@all:shape=zero-pair',
])('at a service with %s every record is answered and paid once', async (scenario) => {
  await using ran = await runAt([scenario])
  expect(ran.status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(sinkRows(ran.project)).toHaveLength(12)
  expect(ran.project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  const spent = ran.status.money.spentMicroUsd
  expect(spent).toBeGreaterThanOrEqual(ran.project.emulator.bill().cost_micro_usd)
  expect(ran.status.money.reservedMicroUsd).toBe(0)
})

test.for(['null', 'absent', 'zero', 'null-pair', 'total-only'])(
  'answers whose usage is %s cost at most what they can and never nothing',
  async (shape) => {
    await using ran = await runAt([`line-usage@all:shape=${shape}`, 'usage-missing@all:as=absent'])
    expect(ran.status).toMatchObject({ state: 'done', counts: { merged: 12 } })
    const { spentMicroUsd, estimatedAnswers } = ran.status.money
    expect(estimatedAnswers).toBe(12)
    expect(spentMicroUsd).toBeGreaterThanOrEqual(ran.project.emulator.bill().cost_micro_usd)
  },
)

test("where the lines tell no usage, the batch's own sum is what was spent", async () => {
  await using ran = await runAt(['line-usage@all:shape=absent'])
  expect(ran.status.money.estimatedAnswers).toBe(12)
  const billed = ran.project.emulator.bill().cost_micro_usd
  expect(ran.status.money.spentMicroUsd).toBeGreaterThanOrEqual(billed)
  expect(ran.status.money.spentMicroUsd - billed, 'rounded up once a batch').toBeLessThanOrEqual(3)
})

test.for([
  ['missing-lines@all:every=1,counts=promised', 'answers'],
  ['missing-lines@all:every=1,counts=zero', 'answers'],
  ['changed-custom-ids@all', 'unreadable'],
  ['raw-lines@all', 'unreadable'],
] as const)(
  '%s stops the run, holds the money, and buys nothing a second time',
  async ([scenario, reason]) => {
    await using ran = await runAt([scenario])
    const { project, runId, status } = ran
    expect(status).toMatchObject({ state: 'paused', pauseKind: 'answers' })
    expect(status.batches.some(({ wait }) => wait?.for === reason)).toBe(true)
    const billed = project.emulator.bill()
    expect(billed.duplicate_requests).toBe(0)
    expect(status.money.reservedMicroUsd + status.money.spentMicroUsd).toBeGreaterThanOrEqual(
      billed.cost_micro_usd,
    )
    expect(project.emulator.state().files.length, 'nothing is deleted').toBeGreaterThan(0)

    const accepted = await project.offpeak.accept(runId)
    expect(accepted.batches).toBeGreaterThan(0)
    expect(accepted).toMatchObject({ ofAnotherKey: 0, stillWaiting: [] })
    await project.offpeak.resume(runId, null)
    const asked = (await requestsOf(project, runId)).filter(({ tries }) => tries > 1)
    expect(asked, 'nothing that may be paid is sent again').toHaveLength(0)
  },
)

test('what is accepted as it is counts as possibly paid, and is never sent again automatically', async () => {
  await using project = await openKit({
    records: 5,
    settings: { timings: { ...quick, lostAfterMs: 1_500 } },
  })
  project.emulator.play('missing-lines@all:every=2,counts=promised')
  const runId = await begin(project)
  const stopped = await carry(project, runId)
  expect(stopped).toMatchObject({ state: 'paused', pauseKind: 'answers' })
  expect(stopped.counts.merged, 'what can be read is written first').toBeGreaterThan(0)
  await project.offpeak.accept(runId)
  await project.offpeak.resume(runId, null)
  const ended = await carry(project, runId)
  expect(ended.state).toBe('done')
  expect(ended.counts.lost).toBe(5 - (ended.counts.merged ?? 0))
  expect(ended.money.possiblyPaidMicroUsd).toBeGreaterThan(0)
  expect(project.emulator.bill().requests).toBe(5)
  await checkMoney(project, runId)
  expect(await project.offpeak.lookForLost(runId)).toEqual({
    lost: ended.counts.lost,
    found: 0,
    running: 0,
  })
})

test('a file that never comes down whole is continued without when a person says so, and is found later at no cost', async () => {
  await using project = await openKit({
    settings: { batch: { maxRequests: 5 }, timings: { ...quick, lostAfterMs: 1_500 } },
  })
  project.emulator.addFault({
    operation: 'files.content',
    when: 'after',
    times: 1_000,
    action: { type: 'truncate', bytes: 200 },
  })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'provider' })
  expect(status.batches.map(({ wait }) => wait?.for)).toContain('download')
  expect(await project.offpeak.accept(runId)).toMatchObject({ batches: 3, ofAnotherKey: 0 })
  await project.offpeak.resume(runId, null)
  const ended = await carry(project, runId)
  expect(ended).toMatchObject({ state: 'done', counts: { lost: 12 }, money: { reservedMicroUsd: 0 } })
  expect(ended.money.possiblyPaidMicroUsd).toBeGreaterThanOrEqual(project.emulator.bill().cost_micro_usd)
  project.emulator.clearFaults()
  expect(await project.offpeak.lookForLost(runId)).toEqual({ lost: 12, found: 12, running: 0 })
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('one missing answer of many does not stop the others, and is found when the service gives it', async () => {
  await using project = await openKit({
    records: 20,
    settings: { batch: { maxRequests: 20 }, timings: { ...quick, lostAfterMs: 300 } },
  })
  project.emulator.play('missing-lines@all:every=20,counts=promised')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 19, lost: 1 } })
  await checkMoney(project, runId)
})

test('a batch whose create was not answered is not made twice while the list hides what is known', async () => {
  await using ran = await runAt(['hidden-list', 'lost-create@2'])
  const { project, runId, status } = ran
  expect(status).toMatchObject({
    state: 'paused',
    pauseKind: 'answers',
    pauseReason: expect.stringContaining('list'),
  })
  expect(project.emulator.bill().duplicate_requests).toBe(0)
  project.emulator.clearFaults()
  await project.offpeak.resume(runId, null)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('a refused upload is not repeated for ever', async () => {
  await using ran = await runAt(['upload-refused'])
  expect(ran.status).toMatchObject({ state: 'paused', pauseKind: 'provider' })
  expect(ran.project.emulator.bill().requests).toBe(0)
})

test('the words of a batch that failed with two empty files are kept', async () => {
  await using ran = await runAt(['failed-with-files@all:code=model_not_found'])
  expect(ran.status).toMatchObject({ state: 'paused', pauseKind: 'provider' })
  expect(ran.status.pauseReason).toContain('model_not_found')
  expect(ran.status.counts).toEqual({})
})
