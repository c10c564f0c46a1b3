import { expect, test } from 'vitest'
import { begin, carry, checkMoney, requestsOf, sinkRows } from './run-kit.ts'
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

test.for(['expire-partial@1', 'xai-expire-by-clock@1'])(
  'with %s, what a batch had no time for is sent again',
  async (scenario) => {
    await using project = await openGrok()
    project.emulator.play(scenario)
    const runId = await begin(project)
    expect(await carry(project, runId)).toMatchObject({ state: 'done', counts: { merged: 12 } })
    expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
    await checkMoney(project, runId)
  },
)

test.for(['stuck-in-progress@all:fraction=0.5', 'cancel-runs-on@all'])(
  'a run that is cancelled with %s keeps what was answered, and what it is billed for is booked',
  async (scenario) => {
    await using project = await openGrok()
    project.emulator.play('stuck-in-progress@all:fraction=0.5')
    if (!scenario.startsWith('stuck')) project.emulator.play(scenario)
    const runId = await begin(project)
    const begun = carry(project, runId, AbortSignal.timeout(20_000))
    while (project.emulator.state().batches.length < 3)
      await new Promise((resolve) => void setTimeout(resolve, 20))
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
  const runId = await begin(project, { lane: 'realtime' })
  const status = await carry(project, runId)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 11, refused: 1 } })
  await checkMoney(project, runId)
})

test('a file that xAI does not take fails its batch in its words, and costs nothing', async () => {
  await using project = await openGrok()
  project.emulator.play('validation-fail@1')
  const runId = await begin(project)
  const status = await carry(project, runId)
  expect(status.state).not.toBe('done')
  expect(status.pauseReason).not.toBeNull()
})
