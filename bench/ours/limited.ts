/** Offpeak plans and builds a run of so many records, all others of which are done: `node limited.ts <dist> <job> <limit>`. */
import { report } from '../measure.ts'
import { openCompiled } from './open.ts'

const [dist = '', job = '', wanted = ''] = process.argv.slice(2)
const limit = Number(wanted)
await using opened = await openCompiled(dist)
const { offpeak } = opened
const openedMs = performance.now()
const openedCpuMs = cpuMs()
const selection = { params: {}, limit, only: null, redo: false }
const plan = await offpeak.plan(job, selection)
const plannedMs = performance.now()
const plannedCpuMs = cpuMs()
const { run } = await offpeak.start(job, { ...selection, hold: true }, null, { plan })
const startedMs = performance.now()
const startedCpuMs = cpuMs()
await offpeak.drive({ runIds: [run.id], signal: AbortSignal.timeout(3_600_000) })
const builtMs = performance.now()
const batches = await offpeak.store.batches(run.id)
const requests = batches.reduce((sum, batch) => sum + batch.requests, 0)
const { selected, unchanged } = await offpeak.find(run.id)
if (plan.toSend !== limit || requests !== limit || plan.selected !== selected || plan.unchanged !== unchanged)
  throw new Error(
    `the plan has ${plan.toSend} of ${plan.selected} (${plan.unchanged} done), and the run ${requests} of ${selected} (${unchanged} done)`,
  )
report({
  rows: selected,
  bytes: batches.reduce((sum, batch) => sum + batch.bytes, 0),
  facts: {
    openMs: openedMs,
    planMs: plannedMs - openedMs,
    startMs: startedMs - plannedMs,
    buildMs: builtMs - startedMs,
    planCpuMs: plannedCpuMs - openedCpuMs,
    buildCpuMs: cpuMs() - startedCpuMs,
    done: unchanged,
    requests,
  },
})

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
