import { expect, test } from 'vitest'
import { begin, carry, openKit } from './run-kit.ts'

const settings = {
  batch: { maxRequests: 5 },
  timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [20], listingLagMs: 20, lostAfterMs: 300 },
}

function drop(times: number): Parameters<Awaited<ReturnType<typeof openKit>>['emulator']['addFault']>[0] {
  return { operation: 'batches.create', when: 'before', times, action: { type: 'drop' } }
}

test('a file whose create is lost three times is sent a fourth time by itself, and paid once', async () => {
  await using project = await openKit({ records: 3, settings })
  project.emulator.addFault(drop(3))
  const { state, counts } = await carry(project, await begin(project))
  expect({ state, merged: counts.merged }).toEqual({ state: 'done', merged: 3 })
  expect(project.emulator.bill()).toMatchObject({ requests: 3, duplicate_requests: 0 })
})

test('a file whose creates are all lost is sent four times, and then a person is asked', async () => {
  await using project = await openKit({ records: 3, settings })
  project.emulator.addFault(drop(9))
  const runId = await begin(project)
  expect(await carry(project, runId)).toMatchObject({ state: 'paused' })
  const [attempt] = await project.offpeak.store.attempts(runId, ['in_doubt'])
  expect(attempt?.waitWords).toContain('4 creates came to nothing that can be found')
  expect(await project.offpeak.store.attempts(runId, ['fenced'])).toHaveLength(3)
  expect(project.emulator.bill()).toMatchObject({ requests: 0 })
})
