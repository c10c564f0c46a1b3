import { expect, test } from 'vitest'
import { begin, carry, checkMoney, requestsOf, sinkRows } from '../run-kit.ts'
import { openGrok } from './xai-kit.ts'

test.for([
  'none',
  'lost-create@2',
  'lost-create@2:answer=500',
  'short-download@all',
  'clock-skew:seconds=-3600',
  'xai-zero-requests@all',
  'xai-paged-results@all:size=2',
])('with %s every record is answered and paid once', async (scenario) => {
  await using project = await openGrok()
  if (scenario !== 'none') project.emulator.play(scenario)
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(sinkRows(project)).toHaveLength(12)
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('what an answer says that it cost is booked, whatever the list of prices says', async () => {
  await using project = await openGrok({
    settings: {
      // Ten times the price that is billed.
      prices: { 'grok-4.3': { batch: { input: 10, output: 20 }, realtime: { input: 12.5, output: 25 } } },
    },
  })
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  await checkMoney(project, runId)
})

test('answers that cost what real time costs came from another tier, which is told', async () => {
  await using project = await openGrok()
  project.emulator.play('wrong-tier@all')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(status.money).toMatchObject({ otherTierAnswers: 12, savedMicroUsd: 0 })
  await checkMoney(project, runId)
  const told = (await project.offpeak.store.events(runId, 0, 100)).filter(
    ({ kind }) => kind === 'answers.tier',
  )
  expect(told.length, 'once a batch').toBe(project.emulator.state().batches.length)
})

test('a create that never came there is sent again', async () => {
  await using project = await openGrok()
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

test('what a batch had no time for is sent again', async () => {
  await using project = await openGrok()
  project.emulator.play('expire-partial@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test.for([
  { scenario: 'stuck-in-progress@all:fraction=0.5', speed: 2_000 },
  { scenario: 'cancel-runs-on@all', speed: 200 },
])(
  'a run that is cancelled with $scenario keeps what was answered, and books what it is billed for',
  async ({ scenario, speed }) => {
    await using project = await openGrok({ emulator: { speed } })
    project.emulator.play(scenario)
    const runId = await begin(project)
    const begun = carry(project, runId, AbortSignal.timeout(20_000))
    while (project.emulator.state().batches.length < 1)
      await new Promise((resolve) => void setTimeout(resolve, 5))
    await project.offpeak.cancel(runId)
    await begun
    expect(await carry(project, runId)).toMatchObject({ state: 'cancelled' })
    await checkMoney(project, runId)
  },
)

test.for(['none', 'xai-error-object@all'])(
  'errors of requests are read with %s, and an invalid answer is asked again with what was wrong',
  async (scenario) => {
    await using project = await openGrok({
      job: 'retry: { max: 2, repair: true },',
      marker: (record) =>
        record === 3
          ? '[[wrong_schema]]'
          : record === 5
            ? '[[server_error_once]]'
            : record === 7
              ? '[[content_filter]]'
              : '',
    })
    if (scenario !== 'none') project.emulator.play(scenario)
    const runId = await begin(project)
    const status = await carry(project, runId)
    expect(status.counts).toMatchObject({ merged: 10, invalid: 1, refused: 1 })
    expect((await requestsOf(project, runId)).find(({ outcome }) => outcome === 'refused')?.reason).toMatch(
      /violates usage guidelines/,
    )
    await checkMoney(project, runId)
  },
)

test('in real time each is a chat completion at full price, and one against the guidelines stops nobody', async () => {
  await using project = await openGrok({
    marker: (record) => (record === 7 ? '[[content_filter]]' : ''),
  })
  const runId = await begin(project, { deliveryMode: 'realtime' })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 11, refused: 1 } })
  await checkMoney(project, runId)
})

test('a file that xAI refuses to read is sent again, and costs nothing the first time', async () => {
  await using project = await openGrok()
  project.emulator.play('validation-fail@1')
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
  await checkMoney(project, runId)
})
