/** Offpeak fetches and merges the answers of a run whose batches are done: `node merge.ts <dist> <run>`. */
import { report } from '../measure.ts'
import { openCompiled } from './open.ts'

const [dist = '', runId = ''] = process.argv.slice(2)
await using opened = await openCompiled(dist)
const { offpeak } = opened
const openedMs = performance.now()
await offpeak.store.wakeAttempts(runId, Date.now())
await offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(3_600_000) })
const mergedMs = performance.now()
const { state, counts } = await offpeak.status(runId)
const attempts = await offpeak.store.attempts(runId)
if (state !== 'done' || Object.keys(counts).join() !== 'merged')
  throw new Error(`the run is ${state}: ${JSON.stringify(counts)}`)
report({
  rows: counts.merged ?? 0,
  bytes: attempts.reduce((sum, attempt) => sum + (attempt.outputBytes ?? 0), 0),
  facts: { openMs: openedMs, mergeMs: mergedMs - openedMs },
})
