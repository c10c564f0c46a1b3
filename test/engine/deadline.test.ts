import { expect, test } from 'vitest'
import { begin, carry, checkMoney, openKit, type KitProject, requestsOf, sinkRows } from './run-kit.ts'

/** Batches that come so far and no further. */
function stuck(project: KitProject, fraction: number, batches = 99): void {
  project.emulator.addFault({
    operation: 'batch',
    times: batches,
    action: { type: 'scenario', name: 'stuck-in-progress', fraction },
  })
}

test('at the deadline batches are cancelled, their answers kept, and the rest is asked in real time', async () => {
  await using undisturbed = await openKit()
  await carry(undisturbed, await begin(undisturbed))
  await using project = await openKit()
  stuck(project, 0.5)
  const runId = await begin(project, { deadlineMs: 1_500 })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 }, needsAttention: 0 })
  expect(sinkRows(project)).toEqual(sinkRows(undisturbed))
  const bill = project.emulator.bill()
  expect(bill.batch_requests, 'some were answered in batches').toBeGreaterThan(0)
  expect(bill.batch_requests + bill.synchronous_requests).toBe(12)
  expect(bill.duplicate_requests).toBe(0)
  expect(new Set(status.batches.map(({ deliveryMode }) => deliveryMode))).toEqual(
    new Set(['batch', 'realtime']),
  )
  await checkMoney(project, runId)
})

test('files that wait at the deadline are never sent as batches', async () => {
  await using project = await openKit({
    settings: { realtime: { maxRequests: 2, requestsPerMinute: 60_000, tokensPerMinute: 1e9 } },
  })
  stuck(project, 0)
  const runId = await begin(project, { deadlineMs: 1_200 }, null)
  // Two large batches do not fit in at once.
  await project.offpeak.store.setBudget(`run:${runId}`, 325)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ synchronous_requests: 12, duplicate_requests: 0 })
  expect(project.emulator.state().batches.length).toBeLessThan(
    status.batches.filter(({ deliveryMode }) => deliveryMode === 'batch').length,
  )
  await checkMoney(project, runId)
})

test('a deadline that the batches keep changes nothing', async () => {
  await using project = await openKit({ job: "deadline: '20h'," })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.deadlineAt).toBe(status.createdAt + 20 * 3_600_000)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill().synchronous_requests).toBe(0)
  const { cost, deadline, tries = 0 } = status.plan ?? {}
  expect(deadline?.atMostMicroUsd).toBe(cost?.atMostMicroUsd)
  expect(cost?.atMostMicroUsd, 'in real time').toBeGreaterThan(tries * (cost?.atMostOnceMicroUsd ?? Infinity))
})

test('a budget that real time would break pauses the run and is not broken', async () => {
  await using project = await openKit()
  stuck(project, 0)
  const capMicroUsd = 250
  const runId = await begin(project, { deadlineMs: 1_000 }, null)
  await project.offpeak.store.setBudget(`run:${runId}`, capMicroUsd)
  const status = await carry(project, runId)
  expect(status.state).toBe('paused')
  expect(status.pauseReason).toContain('budget')
  expect(project.emulator.bill().cost_micro_usd).toBeLessThanOrEqual(capMicroUsd)
  await project.offpeak.resume(runId, 1_000_000)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  await checkMoney(project, runId)
})

test('what expires goes to real time as far as the job allows, and the rest is reported', async () => {
  await using project = await openKit({
    job: "retry: { max: 3, realtime: { after: '1ms', maxRows: 4 } },",
  })
  project.emulator.addFault({
    operation: 'batch',
    times: 99,
    action: { type: 'scenario', name: 'expire-all', windowSeconds: 60 },
  })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 4, expired: 8 }, needsAttention: 8 })
  expect(project.emulator.bill()).toMatchObject({ batch_requests: 0, synchronous_requests: 4 })
  await checkMoney(project, runId)
})

test('before its time the fallback sends nothing', async () => {
  await using project = await openKit({
    job: "retry: { max: 3, realtime: { after: '24h', maxRows: 4 } },",
  })
  project.emulator.addFault({
    operation: 'batch',
    times: 3,
    action: { type: 'scenario', name: 'expire-all', windowSeconds: 60 },
  })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ batch_requests: 12, synchronous_requests: 0 })
})

test('a person sends what is left over in real time, and only that', async () => {
  await using project = await openKit({
    job: 'retry: { max: 1 },',
    marker: (n) => (n < 4 ? '[[wrong_schema]]' : ''),
  })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ counts: { merged: 8, invalid: 4 } })
  const choice = { outcomes: null, reason: null, keys: ['1', '2'], deliveryMode: 'realtime' } as const
  const cost = await project.offpeak.retryCost(runId, choice)
  expect(cost).toMatchObject({ requests: 2, deliveryMode: 'realtime' })
  const inBatches = await project.offpeak.retryCost(runId, { ...choice, deliveryMode: null })
  expect(cost.likelyMicroUsd).toBeGreaterThanOrEqual(2 * (inBatches.likelyMicroUsd ?? 0) - 1)
  expect(await project.offpeak.retry(runId, choice)).toBe(2)
  await carry(project, runId)
  expect(project.emulator.bill()).toMatchObject({ batch_requests: 12, synchronous_requests: 2 })
  expect((await requestsOf(project, runId)).map(({ tries }) => tries)).toEqual([1, 2, 2, ...Array(9).fill(1)])
  await checkMoney(project, runId)
})

test('a batch that is late is kept, said to be late, and read when it comes', async () => {
  await using project = await openKit({ records: 3 })
  project.emulator.addFault({
    operation: 'batch',
    action: { type: 'scenario', name: 'stuck-in-progress', seconds: 4_000 },
  })
  const runId = await begin(project)
  const status = await carry(project, runId, AbortSignal.timeout(800))
  expect(status.batches).toMatchObject([{ state: 'in_progress' }])
  const [attempt] = await project.offpeak.store.attempts(runId)
  expect(status.batches[0]?.lateAt).toBe((attempt?.triedAt ?? 0) + 26 * 3_600_000)
  project.emulator.advanceClock(5_000_000)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 3 } })
})

test('a deadline or a fallback that cannot be read is refused before anything is sent', async () => {
  await using one = await openKit({ job: "deadline: 'soon'," })
  await expect(begin(one)).rejects.toMatchObject({ code: 'E_JOB_INVALID' })
  await using other = await openKit({ job: "retry: { realtime: { after: '1 day', maxRows: 0 } }," })
  await expect(begin(other)).rejects.toMatchObject({ code: 'E_JOB_INVALID' })
})
