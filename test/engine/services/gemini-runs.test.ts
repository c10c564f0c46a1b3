import { expect, test } from 'vitest'
import { openGemini } from './gemini-kit.ts'
import { begin, carry, checkMoney, requestsOf, sinkRows } from '../run-kit.ts'

test.for([
  'none',
  'lost-create@2',
  'lost-create@2:answer=500',
  'short-download@all',
  'short-download@all:cut=mid-line',
  'gzip',
  'clock-skew:seconds=-3600',
  'gemini-line-cancelled@1:every=3',
  'gemini-cache-hits@all',
])('with %s every record is answered and paid once', async (scenario) => {
  await using project = await openGemini()
  if (scenario !== 'none') project.emulator.play(scenario)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({
    state: 'done',
    counts: { merged: 12 },
    money: { otherTierAnswers: 0 },
  })
  expect(sinkRows(project)).toHaveLength(12)
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  expect(project.emulator.state().files, 'nothing is left there').toEqual([])
  await checkMoney(project, runId)
})

test('a create that never came there is sent again, beside batches of others that have no name of ours', async () => {
  await using project = await openGemini()
  await makeOther(project.emulator.baseUrls['gemini'] ?? '')
  project.emulator.addFault({
    operation: 'batches.create',
    when: 'before',
    times: 1,
    action: { type: 'drop' },
  })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 13, duplicate_requests: 0 })
  expect((await project.offpeak.store.events(runId, 0, 100)).map(({ kind }) => kind)).not.toContain('adopted')
})

test('answers that stand in the batch itself are read from there, and cost once', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-answers-inside@all')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('answers without their keys are nobody’s: a person is asked, and nothing is bought again by itself', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-answers-inside@all:keys=no')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({
    state: 'paused',
    pauseReason: expect.stringContaining('lines of its files belong to no request that was sent'),
  })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
})

/** A batch of one request by somebody else with the same key, who gives it no name. */
async function makeOther(baseUrl: string): Promise<void> {
  const request = { contents: [{ role: 'user', parts: [{ text: 'Somebody else.' }] }] }
  const batch = { inputConfig: { requests: { requests: [{ request, metadata: { key: 'a' } }] } } }
  const answer = await fetch(`${baseUrl}/v1beta/models/gemini-2.5-flash:batchGenerateContent`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'AIza-any-key' },
    body: JSON.stringify({ batch }),
  })
  expect(answer.status).toBe(200)
}

test('a full queue that speaks of billing is waited for, and pauses nothing', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-429-after-upload@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  const events = await project.offpeak.store.events(runId, 0, 100)
  const waits = events.filter(({ kind }) => kind === 'quota.waiting')
  expect(waits).toHaveLength(1)
  expect(JSON.stringify(waits[0])).toMatch(/plan and billing.*queue is full.*maxRequests/)
  expect(events.map(({ kind }) => kind)).not.toContain('run.paused')
  await checkMoney(project, runId)
})

test('a model that is closed to new users pauses the run in its words, and leaves no upload behind', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-model-closed')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'provider' })
  expect(status.pauseReason).toMatch(/no longer available to new users/)
  expect(project.emulator.bill()).toMatchObject({ requests: 0 })
  expect(project.emulator.state().files).toEqual([])
})

test('what expires gives nothing back: it is sent again, and what had run counts as possibly paid', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-expired-empty@1:fraction=0.6')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  const bill = project.emulator.bill()
  // Whichever file is sent first: three of its five had run, or one of its two.
  expect([13, 15]).toContain(bill.requests)
  const { spentMicroUsd, possiblyPaidMicroUsd } = status.money
  expect(possiblyPaidMicroUsd).toBeGreaterThan(0)
  expect(spentMicroUsd).toBeGreaterThanOrEqual(bill.cost_micro_usd)
  // The answers that it keeps to itself are no file of ours.
  expect(JSON.stringify(project.emulator.state().files)).not.toContain('"purpose":"upload"')
})

test('what expires without a request that ran costs nothing', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-expired-empty@1')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ counts: { merged: 12 }, money: { possiblyPaidMicroUsd: 0 } })
  await checkMoney(project, runId)
})

test('an operation that is done with an error has failed, whatever its state says', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-done-with-error@1')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'paused', pauseKind: 'provider' })
  expect(status.pauseReason).toMatch(/INTERNAL: Internal error encountered/)
  await project.offpeak.resume(runId, null)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  await checkMoney(project, runId)
})

test('one whose requests had run is possibly paid, and told so', async () => {
  await using project = await openGemini()
  project.emulator.play('gemini-done-with-error@1:ran=yes')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(status.money.possiblyPaidMicroUsd).toBeGreaterThan(0)
  expect(status.money.spentMicroUsd).toBeGreaterThanOrEqual(project.emulator.bill().cost_micro_usd)
})

test('a run that is cancelled gets nothing back of its open batches, and holds what had run', async () => {
  await using project = await openGemini()
  project.emulator.play('stuck-in-progress@all:fraction=0.5')
  const runId = await begin(project)
  const begun = carry(project, runId, AbortSignal.timeout(20_000))
  while (project.emulator.state().batches.length < 3)
    await new Promise((resolve) => void setTimeout(resolve, 20))
  await project.offpeak.cancel(runId)
  await begun
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'cancelled', counts: { cancelled: 12 } })
  expect(status.money.spentMicroUsd).toBeGreaterThanOrEqual(project.emulator.bill().cost_micro_usd)
})

test('thoughts stand beside the answer and are paid with it', async () => {
  await using project = await openGemini('gemini-2.5-flash', { job: 'parameters: {},' })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  await checkMoney(project, runId)
})

test('thoughts that have taken the whole limit are a cut answer, with how much they took', async () => {
  await using project = await openGemini('gemini-2.5-flash', { job: 'parameters: {},' })
  project.emulator.play('gemini-thoughts-eat-limit@all')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { truncated: 12 } })
  expect((await requestsOf(project, runId))[0]?.reason).toMatch(/100/)
  await checkMoney(project, runId)
})

test('a prompt that is blocked is a refusal, a failure of the service goes again, a wrong answer is repaired', async () => {
  await using project = await openGemini('gemini-2.5-flash', {
    job: 'retry: { max: 2, repair: true },',
    marker: (record) =>
      ({ 2: '[[content_filter]]', 4: '[[server_error_once]]', 6: '[[wrong_schema]]', 8: '[[refusal]]' })[
        record
      ] ?? '',
  })
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.counts).toMatchObject({ merged: 9, refused: 2, invalid: 1 })
  expect((await requestsOf(project, runId)).find(({ key }) => key === '2')?.reason).toMatch(
    /PROHIBITED_CONTENT/,
  )
  expect(status.money.repairMicroUsd).toBeGreaterThan(0)
  await checkMoney(project, runId)
})

test('in real time each is a call, at full price', async () => {
  await using project = await openGemini()
  const runId = await begin(project, { deliveryMode: 'realtime' })
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  await checkMoney(project, runId)
})
