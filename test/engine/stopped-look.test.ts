import { expect, test } from 'vitest'
import { begin, carry, openKit } from './run-kit.ts'

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
  const told = async (): Promise<boolean> =>
    (await offpeak.status(runId)).batches.some(({ wait }) => wait !== null)
  await offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(60_000), until: told })

  emulator.clearFaults()
  emulator.addFault({
    operation: 'batches.retrieve',
    when: 'before',
    times: 1_000,
    action: { type: 'hang', ms: 60_000 },
  })
  // Long enough for every batch to be asked for, and for none to be answered.
  const { batches } = await carry(project, runId, AbortSignal.timeout(1_000))
  const waits = batches.flatMap(({ wait }) => (wait === null ? [] : [wait]))
  expect(waits.length).toBeGreaterThan(0)
  for (const wait of waits)
    expect(wait).toMatchObject({ for: 'service', words: expect.stringContaining('503') })
})
