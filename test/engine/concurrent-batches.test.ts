import { expect, test } from 'vitest'
import { z } from 'zod'
import { begin, carry, checkMoney, openKit, sinkRows } from './run-kit.ts'

const move = z.object({ state: z.string() })

test('no more batches are at work at the same time than the configuration says, and all records are answered', async () => {
  await using kit = await openKit({ records: 40, settings: { batch: { maxRequests: 5, maxConcurrent: 2 } } })
  const runId = await begin(kit)
  const { state, batches } = await carry(kit, runId)
  expect(state).toBe('done')
  expect(batches).toHaveLength(8)
  expect(sinkRows(kit)).toHaveLength(40)
  await checkMoney(kit, runId)

  let [atWork, most] = [0, 0]
  for (const { data } of await kit.offpeak.store.eventsOfKind(runId, 'attempt')) {
    const { state: to } = move.parse(JSON.parse(data))
    if (to === 'reserved') atWork += 1
    if (to === 'completed') atWork -= 1
    most = Math.max(most, atWork)
  }
  expect([most, atWork]).toEqual([2, 0])
})
