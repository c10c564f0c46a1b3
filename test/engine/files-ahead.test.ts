import { expect, test } from 'vitest'
import { begin, carry, openKit, sinkRows } from './run-kit.ts'

test('no more files wait for their upload than the window has, however small they are, and all records come through', async () => {
  await using project = await openKit({
    records: 60,
    settings: {
      batch: { maxRequests: 2 },
      timings: { pollEveryMs: 30, quotaBackoffMs: 50, filesAhead: 3 },
      // Each file waits for the one before.
      quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 700 } },
    },
  })
  const { store } = project.offpeak
  const runId = await begin(project)
  const waiting: number[] = []
  const watching = setInterval(() => void store.countWaitingFiles(runId).then((n) => waiting.push(n)), 5)
  const status = await carry(project, runId)
  clearInterval(watching)
  expect(status).toMatchObject({ state: 'done', counts: { merged: 60 } })
  expect(await store.batches(runId)).toHaveLength(30)
  expect(sinkRows(project)).toHaveLength(60)
  expect(Math.max(...waiting)).toBeLessThanOrEqual(3)
  expect(waiting.filter((files) => files > 0)).not.toEqual([])
})
