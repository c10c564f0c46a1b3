/** Offpeak plans, starts a held run and builds all of its files: `node build.ts <dist> <job>`. */
import { report } from '../measure.ts'
import { openCompiled } from './open.ts'

const [dist = '', job = ''] = process.argv.slice(2)
await using opened = await openCompiled(dist)
const { offpeak } = opened
const openedMs = performance.now()
const selection = { params: {}, limit: null, only: null, redo: false, hold: true }
const { run } = await offpeak.start(job, selection, null)
const plannedMs = performance.now()
await offpeak.drive({ runIds: [run.id], signal: AbortSignal.timeout(3_600_000) })
const batches = await offpeak.store.batches(run.id)
const { state, pauseReason } = await offpeak.find(run.id)
if (state !== 'paused' || (await offpeak.find(run.id)).sourceDone !== 1)
  throw new Error(`the run is ${state}: ${pauseReason}`)
report({
  rows: batches.reduce((sum, batch) => sum + batch.requests, 0),
  bytes: batches.reduce((sum, batch) => sum + batch.bytes, 0),
  facts: {
    openMs: openedMs,
    planMs: plannedMs - openedMs,
    buildMs: performance.now() - plannedMs,
    files: batches.length,
    run: run.id,
  },
})
