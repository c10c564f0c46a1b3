/** Offpeak uploads the files of a built run and creates its batches: `node upload.ts <dist> <run>`. */
import { setTimeout as pause } from 'node:timers/promises'
import { report } from '../measure.ts'
import { openCompiled } from './open.ts'

const [dist = '', runId = ''] = process.argv.slice(2)
await using opened = await openCompiled(dist)
const { offpeak } = opened
const openedMs = performance.now()
const stopper = new AbortController()
await offpeak.resume(runId, null)
const driving = offpeak.drive({ runIds: [runId], signal: stopper.signal })
while (!(await allCreated())) await Promise.race([pause(20), driving])
stopper.abort()
await driving
const batches = await offpeak.store.batches(runId)
report({
  rows: batches.reduce((sum, batch) => sum + batch.requests, 0),
  bytes: batches.reduce((sum, batch) => sum + batch.bytes, 0),
  facts: { openMs: openedMs, uploadMs: performance.now() - openedMs },
})

async function allCreated(): Promise<boolean> {
  const attempts = await offpeak.store.attempts(runId)
  return attempts.every(({ providerBatchId }) => providerBatchId !== null)
}
