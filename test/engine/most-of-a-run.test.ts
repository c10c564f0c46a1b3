import { expect, test } from 'vitest'
import { begin, carry, openKit } from './run-kit.ts'

const never = "check: () => 'never good',"

test.each([
  ['as the rules have it when the job says nothing', '', 36],
  ['with what was wrong with it', 'retry: { max: 3, repair: true },', 36],
  ['five times', 'retry: { max: 5 },', 60],
  ['once', 'retry: { max: 1 },', 12],
])(
  'a run whose every answer is invalid and asked for %s costs no more than its plan says at most, and does not stop for it',
  async (_, retry, requests) => {
    await using project = await openKit({ job: `${never} ${retry}` })
    const plan = await project.offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
    const most = plan.cost?.atMostMicroUsd ?? 0
    const runId = await begin(project, {}, most)
    const { counts, money, state } = await carry(project, runId)
    expect({ counts, state }).toEqual({ counts: { invalid: 12 }, state: 'done' })
    expect(project.emulator.bill()).toMatchObject({ requests })
    expect(money.spentMicroUsd).toBeLessThanOrEqual(most)
    const once = (plan.cost?.atMostOnceMicroUsd ?? 0) * (requests / 12)
    // A sum is rounded up to a micro-dollar before and after.
    if (retry.includes('repair')) expect(most).toBeGreaterThan(once + 5)
    else expect(Math.abs(most - once)).toBeLessThan(5)
  },
)

test('what batches leave unanswered and is then asked at the price of real time is in the highest cost', async () => {
  const once = 'retry: { max: 1 },'
  const later = "retry: { max: 1, realtime: { after: '1h', maxRows: 12 } },"
  await using plain = await openKit({ job: once })
  await using project = await openKit({ job: later })
  const selection = { params: {}, limit: null, only: null, redo: false }
  const [batch, both] = [
    await plain.offpeak.plan('notes', selection),
    await project.offpeak.plan('notes', selection),
  ]
  expect(both.cost?.atMostOnceMicroUsd).toBe(batch.cost?.atMostMicroUsd)
  expect(both.cost?.atMostMicroUsd).toBeGreaterThan(1.9 * (batch.cost?.atMostMicroUsd ?? Infinity))
})

test('a retry of answers that were repaired is priced by the requests that are sent, not by the first ones', async () => {
  await using project = await openKit({ job: `${never} retry: { max: 2, repair: true },` })
  const { offpeak } = project
  const runId = await begin(project)
  const before = await carry(project, runId)
  const choice = { outcomes: ['invalid'], reason: null, keys: null } as const
  const cost = await offpeak.retryCost(runId, choice)
  const [first, second] = [
    before.money.spentMicroUsd - before.money.repairMicroUsd,
    before.money.repairMicroUsd,
  ]
  expect(second).toBeGreaterThan(first)
  // To the micro-dollar of each batch that is rounded up.
  expect(Math.abs((cost.likelyMicroUsd ?? 0) - second)).toBeLessThan(5)
  expect(cost.requests).toBe(12)
  await offpeak.retry(runId, choice)
  const after = await carry(project, runId)
  const spent = after.money.spentMicroUsd - before.money.spentMicroUsd
  expect(spent).toBeGreaterThan(first)
  expect(spent).toBeLessThanOrEqual(cost.atMostMicroUsd)
})

test('a retry counts the tries that the rules still make of what is sent again', async () => {
  await using project = await openKit({ job: `${never} retry: { max: 3 },` })
  const { offpeak } = project
  const runId = await begin(project)
  const choice = { outcomes: ['invalid'], reason: null, keys: null } as const
  const done = await carry(project, runId)
  const cost = await offpeak.retryCost(runId, choice)
  await offpeak.retry(runId, choice)
  const after = await carry(project, runId)
  expect(project.emulator.bill()).toMatchObject({ requests: 48 })
  expect(after.money.spentMicroUsd - done.money.spentMicroUsd).toBeLessThanOrEqual(cost.atMostMicroUsd)
})

test('many files of requests that cost just what they can cost fit into what the plan says at most', async () => {
  await using project = await openKit({
    job: 'retry: { max: 1 }, maxTokens: 16, parameters: {},',
    settings: { batch: { maxRequests: 1 } },
  })
  const plan = await project.offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
  const runId = await begin(project, {}, plan.cost?.atMostMicroUsd ?? 0)
  const { state, money } = await carry(project, runId)
  expect(state).toBe('done')
  expect(plan.files).toBe(12)
  expect(money.spentMicroUsd).toBeLessThanOrEqual(plan.cost?.atMostMicroUsd ?? 0)
})

test('a retry of the one long record of a file is priced by its own tokens, not by its part of the file', async () => {
  const dense = Array.from({ length: 300 }, (_, n) => `${(n * 7919) % 1_000}§`).join('')
  await using project = await openKit({
    records: 4,
    marker: (id) => `[[server_error]] ${id === 3 ? dense : 'so it was said again and again '.repeat(60)}`,
    job: 'retry: { max: 1 },',
  })
  const runId = await begin(project)
  expect((await carry(project, runId)).counts).toEqual({ transient: 4 })
  const of = async (keys: readonly string[]): Promise<number> =>
    (await project.offpeak.retryCost(runId, { outcomes: null, reason: null, keys })).atMostMicroUsd
  const planned = await project.offpeak.plan('notes', {
    params: {},
    limit: null,
    only: ['3'],
    redo: true,
  })
  // Both are rounded to a micro-dollar.
  expect(await of(['3'])).toBeGreaterThanOrEqual((planned.cost?.atMostMicroUsd ?? Infinity) - 1)
  const alone = await Promise.all(['0', '1', '2', '3'].map(async (key) => of([key])))
  const together = await of(['0', '1', '2', '3'])
  expect(Math.abs(together - alone.reduce((sum, cost) => sum + cost))).toBeLessThanOrEqual(4)
})

test('a retry counts on the real time that the job allows for what batches leave unanswered', async () => {
  const later = "retry: { max: 1, realtime: { after: '1h', maxRows: 12 } },"
  await using plain = await openKit({ marker: () => '[[server_error]]', job: 'retry: { max: 1 },' })
  await using project = await openKit({ marker: () => '[[server_error]]', job: later })
  const choice = { outcomes: null, reason: null, keys: null } as const
  const costs: number[] = []
  for (const each of [plain, project]) {
    const runId = await begin(each)
    await carry(each, runId)
    costs.push((await each.offpeak.retryCost(runId, choice)).atMostMicroUsd)
  }
  expect(costs[1]).toBeGreaterThan(1.9 * (costs[0] ?? Infinity))
})
