import { expect, test } from 'vitest'
import { begin, openKit } from './run-kit.ts'

test('a look that a stopping process breaks off leaves what was waited for, and in whose words', async () => {
  await using project = await openKit({ emulator: { speed: 1 } })
  const { offpeak, emulator } = project
  const runId = await begin(project)
  await offpeak.drive({
    runIds: [runId],
    signal: AbortSignal.timeout(60_000),
    until: () => Promise.resolve(emulator.state().batches.length > 0),
  })
  const fails = {
    type: 'status',
    status: 503,
    body: { error: { message: 'upstream connect error' } },
  } as const
  emulator.addFault({ operation: 'batches.retrieve', when: 'before', times: 1_000, action: fails })
  const waits = async (): Promise<readonly unknown[]> =>
    (await offpeak.status(runId)).batches.map(({ wait }) => wait && [wait.for, wait.message])
  await offpeak.drive({
    runIds: [runId],
    signal: AbortSignal.timeout(60_000),
    until: async () => (await waits()).every((wait) => wait !== null),
  })
  const told = await waits()
  expect(told.length).toBeGreaterThan(0)

  emulator.clearFaults()
  emulator.addFault({
    operation: 'batches.retrieve',
    when: 'before',
    times: 1_000,
    action: { type: 'hang', ms: 60_000 },
  })
  // Long enough for every batch to be asked for, and for none to be answered.
  await offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(1_000) })
  expect(await waits()).toEqual(told)
})
