import { expect, test } from 'vitest'
import { openMistral } from './mistral-kit.ts'
import { begin, carry, checkMoney, requestsOf, sinkRows } from '../run-kit.ts'

test.for([
  'none',
  'lost-create@2',
  'lost-create@2:answer=500',
  'short-download@all',
  'gzip',
  'clock-skew:seconds=-3600',
])('with %s every record is answered and paid once', async (scenario) => {
  await using project = await openMistral()
  if (scenario !== 'none') project.emulator.play(scenario)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(sinkRows(project)).toHaveLength(12)
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  expect(project.emulator.state().files, 'nothing is left there').toEqual([])
  await checkMoney(project, runId)
})

test('a create that never came there is sent again', async () => {
  await using project = await openMistral()
  project.emulator.addFault({
    operation: 'batches.create',
    when: 'before',
    times: 1,
    action: { type: 'drop' },
  })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
})

test('a job that runs out of its time keeps what its files hold, and the rest is sent again', async () => {
  await using project = await openMistral()
  project.emulator.play('mistral-timeout@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('one that gives nothing back of what it counts is held and told, and not bought again by itself', async () => {
  await using project = await openMistral({
    settings: {
      batch: { maxRequests: 12 },
      timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50, lostAfterMs: 1_000 },
    },
  })
  project.emulator.play('mistral-timeout@1:keeps=nothing')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'answers' })
  expect(project.emulator.bill().requests).toBe(6)

  const held = await project.offpeak.store.budget(`run:${runId}`)
  await project.offpeak.accept(runId)
  await project.offpeak.resume(runId, null)
  const accepted = await carry(project, runId)
  expect(accepted).toMatchObject({ state: 'done', counts: { lost: 12 } })
  expect(project.emulator.bill().requests, 'nothing is bought again by that').toBe(6)
  // What cannot have run is not counted as paid.
  expect(accepted.money.possiblyPaidMicroUsd).toBeGreaterThanOrEqual(project.emulator.bill().cost_micro_usd)
  expect(accepted.money.possiblyPaidMicroUsd).toBeLessThanOrEqual(
    Math.ceil((held?.reservedMicroUsd ?? 0) / 2),
  )
  expect((await requestsOf(project, runId))[0]?.reason).toContain('6 of the 12 without an answer did not run')
})

test('names that Mistral does not know are told in the plan, and fail each request in its words', async () => {
  await using project = await openMistral({ job: 'parameters: { seed: 7 },' })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ counts: { failed: 12 } })
  expect((await requestsOf(project, runId))[0]?.reason).toMatch(/body\.seed: Extra inputs are not permitted/)
  await checkMoney(project, runId)
})

test('a failure of the service goes again, a wrong answer is repaired, a guardrail refuses', async () => {
  await using project = await openMistral({
    job: 'retry: { max: 2, repair: true },',
    marker: (record) =>
      ({ 2: '[[content_filter]]', 4: '[[server_error_once]]', 6: '[[wrong_schema]]' })[record] ?? '',
  })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.counts).toMatchObject({ merged: 10, refused: 1, invalid: 1 })
  await checkMoney(project, runId)
})

test('in real time each is a call with the model in it, at full price', async () => {
  await using project = await openMistral()
  const runId = await begin(project, { deliveryMode: 'realtime' })
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  await checkMoney(project, runId)
})
