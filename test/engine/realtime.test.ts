import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { begin, carry, checkMoney, openKit, requestsOf, sinkRows } from './run-kit.ts'

test('a run in real time makes no batch and costs twice as much for the very same rows', async () => {
  await using batches = await openKit()
  const inBatches = await carry(batches, await begin(batches))
  await using realtime = await openKit()
  const runId = await begin(realtime, { deliveryMode: 'realtime' })
  const status = await carry(realtime, runId)
  expect(status).toMatchObject({
    state: 'done',
    deliveryMode: 'realtime',
    counts: { merged: 12 },
    needsAttention: 0,
  })
  expect(sinkRows(realtime)).toEqual(sinkRows(batches))
  const bill = realtime.emulator.bill()
  expect(bill).toMatchObject({ batches: 0, synchronous_requests: 12, duplicate_requests: 0 })
  expect(bill.cost_micro_usd).toBe(2 * batches.emulator.bill().cost_micro_usd)
  expect(status.money.savedMicroUsd).toBe(0)
  expect(inBatches.money.savedMicroUsd).toBeGreaterThan(0)
  await checkMoney(realtime, runId)
  expect(
    readdirSync(join(realtime.dir, '.offpeak', 'files')).filter((name) => name.includes('asking')),
  ).toEqual([])
})

test('flex costs what a batch costs, and is refused for a model that is not known to have it', async () => {
  await using project = await openKit({ model: 'gpt-5.1' })
  const runId = await begin(project, { deliveryMode: 'flex' })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', deliveryMode: 'flex', counts: { merged: 12 } })
  expect(status.money.savedMicroUsd).toBeGreaterThanOrEqual(status.money.spentMicroUsd - 12)
  expect(project.emulator.bill()).toMatchObject({ batches: 0, synchronous_requests: 12 })
  await checkMoney(project, runId)
  await using other = await openKit({ model: 'gpt-4o-mini' })
  await expect(begin(other, { deliveryMode: 'flex' })).rejects.toMatchObject({ code: 'E_PRICE_UNKNOWN' })
})

test('a storm of refusals costs nothing, fails nothing and is waited out', async () => {
  await using project = await openKit()
  const storm = { status: 429, headers: { 'retry-after-ms': '40' } } as const
  project.emulator.addFault({
    operation: 'chat.completions',
    when: 'before',
    times: 25,
    action: { type: 'status', ...storm },
  })
  project.emulator.addFault({
    operation: 'chat.completions',
    when: 'before',
    nth: 30,
    times: 2,
    action: { type: 'status', status: 503, headers: { 'retry-after-ms': '20' } },
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect((await requestsOf(project, runId)).map(({ tries }) => tries)).toEqual(Array(12).fill(1))
  expect(project.emulator.bill()).toMatchObject({ synchronous_requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('a long rest that the provider asks for is not waited out with the attempt in hand', async () => {
  await using project = await openKit({ records: 3 })
  project.emulator.addFault({
    operation: 'chat.completions',
    when: 'before',
    action: { type: 'status', status: 429, headers: { 'retry-after': '600' } },
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const before = project.offpeak.flow.clock.now()
  const status = await carry(project, runId, AbortSignal.timeout(1_500))
  expect(status.batches).toMatchObject([{ state: 'asking' }])
  const [attempt] = await project.offpeak.store.attempts(runId)
  expect(attempt).toMatchObject({ holder: null })
  expect(attempt?.nextAt).toBeGreaterThan(before + 500_000)
})

test('a lost answer counts as possibly paid, and the record is asked again with a new reservation', async () => {
  await using project = await openKit({ records: 5 })
  project.emulator.addFault({
    operation: 'chat.completions',
    when: 'after',
    nth: 2,
    action: { type: 'drop' },
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 5 } })
  expect((await requestsOf(project, runId)).filter(({ tries }) => tries === 2)).toHaveLength(1)
  expect(project.emulator.bill()).toMatchObject({ synchronous_requests: 6, duplicate_requests: 1 })
  expect(status.money.possiblyPaidMicroUsd).toBeGreaterThan(0)
  const ledger = await project.offpeak.store.ledger({ runId })
  expect(ledger.filter(({ kind }) => kind === 'reserve')).toHaveLength(2)
  expect(ledger.find(({ note }) => note?.includes('possibly paid') === true)?.kind).toBe('settle')
  await checkMoney(project, runId)
})

test('what nobody can find out stays for a person when its tries are used up', async () => {
  await using project = await openKit({ records: 2, job: 'retry: { max: 2 },' })
  project.emulator.addFault({
    operation: 'chat.completions',
    when: 'before',
    times: 99,
    action: { type: 'drop' },
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { unsure: 2 }, needsAttention: 2 })
  expect(project.emulator.bill().requests).toBe(0)
  expect(status.money.spentMicroUsd).toBe(status.money.possiblyPaidMicroUsd)
  await checkMoney(project, runId)
})

test('every answer is judged as a line of a batch is', async () => {
  await using project = await openKit({
    records: 6,
    marker: (record) =>
      ['', '[[content_filter]]', '[[wrong_schema]]', '[[server_error_once]]', '[[refusal]]', ''][record] ??
      '',
    job: 'retry: { max: 1 },',
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  await carry(project, runId)
  expect((await requestsOf(project, runId)).map(({ outcome }) => outcome)).toEqual([
    'merged',
    'refused',
    'invalid',
    'merged',
    'refused',
    'merged',
  ])
  await checkMoney(project, runId)
})

test('a refused key pauses the run, and it continues where it was', async () => {
  await using project = await openKit()
  project.emulator.addFault({
    operation: 'chat.completions',
    when: 'before',
    nth: 4,
    times: 3,
    action: { type: 'status', status: 401 },
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const paused = await carry(project, runId)
  expect(paused.state).toBe('paused')
  expect(paused.pauseReason).toContain('refused the request: 401')
  project.emulator.clearFaults()
  await project.offpeak.resume(runId, null)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ synchronous_requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('the cap holds at every moment, and what it does not allow is not asked', async () => {
  await using project = await openKit({ records: 40 })
  const capMicroUsd = 600
  const runId = await begin(project, { deliveryMode: 'realtime' }, null)
  await project.offpeak.store.setBudget(`run:${runId}`, capMicroUsd)
  const over = new AbortController()
  let most = 0
  const watching = (async () => {
    while (!over.signal.aborted) {
      const budget = await project.offpeak.store.budget(`run:${runId}`)
      most = Math.max(most, (budget?.reservedMicroUsd ?? 0) + (budget?.spentMicroUsd ?? 0))
      await sleep(2)
    }
  })()
  const status = await carry(project, runId)
  over.abort()
  await watching
  expect(status.state).toBe('paused')
  expect(status.pauseReason).toContain('budget')
  expect(most).toBeLessThanOrEqual(capMicroUsd)
  expect(project.emulator.bill().cost_micro_usd).toBeLessThanOrEqual(capMicroUsd)
  expect(status.counts.merged).toBeGreaterThan(0)
  await project.offpeak.resume(runId, 1_000_000)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 40 } })
  await checkMoney(project, runId)
})

test('who detaches finishes what is on the wire, and the rest is asked later, once', async () => {
  await using project = await openKit({ emulator: { latencyMs: 30 } })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const letGo = new AbortController()
  const carried = carry(project, runId, letGo.signal)
  while (project.emulator.bill().requests < 3) await sleep(5)
  letGo.abort()
  expect((await carried).state).not.toBe('done')
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ synchronous_requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('a cancelled run keeps what was answered and gives back the rest', async () => {
  await using project = await openKit({ records: 40, emulator: { latencyMs: 20 } })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const carried = carry(project, runId)
  while (project.emulator.bill().requests < 3) await sleep(5)
  await project.offpeak.cancel(runId)
  const status = await carried
  expect(status.state).toBe('cancelled')
  const { merged = 0, cancelled = 0 } = status.counts
  expect(merged).toBe(project.emulator.bill().requests)
  expect(cancelled).toBeGreaterThan(0)
  expect(sinkRows(project)).toHaveLength(merged)
  await checkMoney(project, runId)
})

test('requests are sent no faster than the minute allows', async () => {
  await using project = await openKit({
    records: 4,
    settings: {
      realtime: { maxRequests: 5, concurrency: 4, requestsPerMinute: 1, tokensPerMinute: 1e9 },
    },
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const status = await carry(project, runId, AbortSignal.timeout(1_000))
  expect(status.state).not.toBe('done')
  expect(project.emulator.bill().requests).toBe(1)
})
