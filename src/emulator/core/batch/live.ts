import { setTimeout as sleep } from 'node:timers/promises'
import { ClockStopped } from '../clock.ts'
import { diskRetryMs, isDiskFault } from '../disk.ts'
import type { Catalog } from '../catalog.ts'
import type { BatchRules, Skipped } from '../dialect.ts'
import { type BatchResult, type Execution, execute } from './execute.ts'
import type { Lifecycle, Progress } from './lifecycle.ts'
import { settleFailed } from './result-file.ts'
import {
  type BatchError,
  type BatchRecord,
  type BatchStatus,
  nextStatuses,
  isTerminal,
  numberOption,
  scenarioOf,
} from '../records.ts'
import { type Timetable, timetableOf, windowEndMs } from './timetable.ts'
import type { State } from '../state.ts'
import { openAnswerLog } from '../upstream/answer-log.ts'
import { askLines } from '../upstream/ask-lines.ts'

interface Task {
  readonly rules: BatchRules
  readonly progress: { completed: number; failed: number }
  readonly done: Promise<void>
  lineTokens: readonly number[]
  hurry: boolean
  poke: () => void
}

const noProgress: Progress = { completed: 0, failed: 0 }
/** How many times per batch the clock is looked at while lines run. */
const stepsPerBatch = 100

/** A lifecycle that drives the batches of a state; `onError` gets what nothing else could catch. */
export function makeLifecycle(state: State, catalog: Catalog, onError: (error: unknown) => void): Lifecycle {
  const tasks = new Map<string, Task>()

  const start = (batchId: string): void => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const task: Task = {
      rules: catalog.ofProfile(current(state, batchId).profile).batches,
      progress: { ...noProgress },
      lineTokens: [],
      hurry: false,
      poke: () => undefined,
      done: promise,
    }
    tasks.set(batchId, task)
    void live(state, batchId, task)
      .catch((error: unknown) => {
        if (!(error instanceof ClockStopped) && !state.stop.aborted) onError(error)
      })
      .finally(() => {
        tasks.delete(batchId)
        resolve()
      })
  }

  for (const batch of state.batches.values()) if (!isTerminal(batch.status)) start(batch.id)

  return {
    start,
    cancel: async (batchId) => {
      const batch = await move(state, current(state, batchId), 'cancelling')
      tasks.get(batchId)?.poke()
      return batch
    },
    finishNow: async (batchId) => {
      const task = tasks.get(batchId)
      if (!task) return
      task.hurry = true
      task.poke()
      await task.done
    },
    progress: (batchId) => tasks.get(batchId)?.progress ?? noProgress,
    settled: async () => {
      await Promise.all([...tasks.values()].map((task) => task.done))
    },
  }
}

function current(state: State, batchId: string): BatchRecord {
  const batch = state.batches.get(batchId)
  if (!batch) throw new Error(`Batch ${batchId} is not in the journal.`)
  return batch
}

async function move(
  state: State,
  batch: BatchRecord,
  status: BatchStatus,
  change: Partial<BatchRecord> = {},
  files: BatchResult['files'] = [],
): Promise<BatchRecord> {
  if (!nextStatuses[batch.status].includes(status)) {
    throw new Error(`A batch cannot go from ${batch.status} to ${status}.`)
  }
  const next: BatchRecord = {
    ...batch,
    // A dialect may have noted something on it meanwhile.
    details: current(state, batch.id).details,
    ...change,
    status,
    times: { ...batch.times, [status]: state.clock.nowMs() },
  }
  await state.putBatch(next, files)
  return next
}

/** Steps until the batch has ended; each step starts from what the journal says, and again when the disk was full. */
async function live(state: State, batchId: string, task: Task): Promise<void> {
  while (true) {
    if (state.stop.aborted) throw new ClockStopped()
    try {
      if (await step(state, current(state, batchId), task)) return
    } catch (error) {
      if (!isDiskFault(error)) throw error
      await sleep(diskRetryMs, undefined, { signal: state.stop }).catch(() => undefined)
    }
  }
}

/** True: the batch has ended. */
async function step(state: State, batch: BatchRecord, task: Task): Promise<boolean> {
  switch (batch.status) {
    case 'validating':
      await validate(state, batch, task)
      return false
    case 'in_progress':
    case 'cancelling':
      await runLines(state, batch, task)
      return false
    case 'finalizing':
      await finalize(state, batch, task)
      return false
    case 'completed':
    case 'failed':
    case 'expired':
    case 'cancelled':
      return true
    default:
      return batch.status satisfies never
  }
}

/** Waits for the clock, or returns early when the batch has left its status or is hurried. */
async function pause(state: State, batch: BatchRecord, atMs: number, task: Task): Promise<void> {
  if (task.hurry || current(state, batch.id).status !== batch.status) return
  await state.clock.until(atMs, state.stop, (poke) => {
    task.poke = poke
  })
}

async function validate(state: State, batch: BatchRecord, task: Task): Promise<void> {
  const { pace } = state.settings
  const checked = await task.rules.check(state, batch)
  task.lineTokens = checked.lineTokens
  await pause(state, batch, batch.createdAtMs + pace.validatingSeconds * 1000, task)
  const stuck = scenarioOf(batch, 'stuck-validating')
  const stuckUntilMs = stuck ? batch.createdAtMs + numberOption(stuck, 'seconds') * 1000 : 0
  await pause(state, batch, Math.min(stuckUntilMs, windowEndMs(task.rules, batch)), task)
  const latest = current(state, batch.id)
  if (latest.status !== 'validating' || state.stop.aborted) return
  if (
    state.clock.nowMs() >= windowEndMs(task.rules, batch) &&
    stuckUntilMs > windowEndMs(task.rules, batch) &&
    !task.rules.answersUnrun
  ) {
    await move(state, latest, 'expired')
    return
  }
  const quota = checked.errors.length === 0 ? task.rules.quotaError(state, batch, checked) : null
  const errors: readonly BatchError[] = quota ? [quota] : checked.errors
  if (errors.length > 0) {
    const empty = await settleFailed(state, task.rules, batch)
    const change = {
      errors,
      model: checked.model,
      // A failed batch holds nothing of the quota, unless it leaves its tokens behind.
      enqueuedTokens: checked.tokens,
      settlement: empty?.settlement ?? null,
    }
    await move(state, latest, 'failed', change, empty?.files)
    return
  }
  await move(state, latest, 'in_progress', {
    model: checked.model,
    total: checked.total,
    enqueuedTokens: checked.tokens,
  })
}

async function runLines(state: State, batch: BatchRecord, task: Task): Promise<void> {
  // Cancelled before its first line was looked at: most services have nothing to write.
  if (batch.times.in_progress === undefined && !task.rules.answersUnrun) {
    await endCancel(state, batch, task, null)
    return
  }
  const timetable = timetableOf(batch, state.settings.pace)
  const execution = executionOf(state, batch, timetable, task)
  const { result, outOfTime } = await carriedOut(state, execution, task)
  const latest = current(state, batch.id)
  if (latest.status === 'cancelling') {
    await endCancel(state, latest, task, result)
    return
  }
  const failure = task.rules.lateFailure(batch)
  if (failure !== null) {
    await move(state, latest, 'failed', { errors: [failure], settlement: result.settlement }, result.files)
    return
  }
  const expires =
    outOfTime || (!task.hurry && timetable.dueMs(timetable.total - 1) > windowEndMs(task.rules, batch))
  if (expires) await move(state, latest, 'expired', { settlement: result.settlement }, result.files)
  else await move(state, latest, 'finalizing', { settlement: result.settlement }, result.files)
}

/** By invented answers when each line is due, or by those of a server behind, as it gives them. */
async function carriedOut(
  state: State,
  execution: Execution,
  task: Task,
): Promise<{ readonly result: BatchResult; readonly outOfTime: boolean }> {
  const { rules, progress } = task
  const { batch } = execution
  const { relay } = rules
  const { upstream } = state
  if (upstream === null || relay === undefined)
    return { result: await execute(state, rules, execution), outOfTime: false }
  const path = state.answersPath(batch.id)
  using log = await openAnswerLog(path)
  const closed = (): Skipped | null => {
    if (current(state, batch.id).status === 'cancelling') return 'cancelled'
    return state.clock.nowMs() >= windowEndMs(rules, batch) ? 'expired' : null
  }
  const ended = await askLines(state, { batch, upstream, relay, rules, log, closed, progress })
  const answered = { log, relay, otherwise: ended ?? 'cancelled' }
  const result = await execute(state, rules, { ...execution, answered })
  return { result, outOfTime: ended === 'expired' }
}

function executionOf(state: State, batch: BatchRecord, timetable: Timetable, task: Task): Execution {
  const endMs = windowEndMs(task.rules, batch)
  const step = Math.max(1, Math.floor(timetable.total / stepsPerBatch))
  const runsOn = scenarioOf(batch, 'cancel-runs-on') !== undefined
  /** The moment after which nothing starts any more. */
  const lastStart = (): { atMs: number; reason: Skipped } => {
    const cancelledMs = runsOn ? Infinity : (current(state, batch.id).times.cancelling ?? Infinity)
    return cancelledMs < endMs
      ? { atMs: cancelledMs, reason: 'cancelled' }
      : { atMs: endMs, reason: 'expired' }
  }
  const decide = async (index: number): Promise<'run' | Skipped> => {
    while (!task.hurry) {
      if (state.stop.aborted) throw new ClockStopped()
      const dueMs = timetable.dueMs(index)
      const last = lastStart()
      if (dueMs > last.atMs) {
        if (last.reason === 'cancelled' || state.clock.nowMs() >= last.atMs) return last.reason
        await pause(state, batch, last.atMs, task)
        continue
      }
      const groupMs = Math.min(timetable.dueMs(Math.min(index + step, timetable.total) - 1), last.atMs)
      if (state.clock.nowMs() >= dueMs) return 'run'
      // Where cancelling changes nothing, the wait goes on in the new status.
      await pause(state, current(state, batch.id), groupMs, task)
    }
    return 'run'
  }
  return {
    batch,
    timetable,
    lineTokens: task.lineTokens,
    progress: task.progress,
    answered: null,
    isDue: (index) => {
      if (state.stop.aborted) throw new ClockStopped()
      const dueMs = timetable.dueMs(index)
      return task.hurry || (dueMs <= state.clock.nowMs() && dueMs <= lastStart().atMs)
    },
    gate: decide,
  }
}

async function endCancel(
  state: State,
  batch: BatchRecord,
  task: Task,
  result: BatchResult | null,
): Promise<void> {
  const slow = scenarioOf(batch, 'slow-cancel')
  const seconds = slow ? numberOption(slow, 'seconds') : state.settings.pace.cancellingSeconds
  await pause(state, batch, (batch.times.cancelling ?? 0) + seconds * 1000, task)
  await move(state, batch, 'cancelled', { settlement: result?.settlement ?? null }, result?.files ?? [])
}

async function finalize(state: State, batch: BatchRecord, task: Task): Promise<void> {
  const sinceMs = batch.times.finalizing ?? batch.createdAtMs
  const stuck = scenarioOf(batch, 'stuck-finalizing')
  const seconds = stuck ? numberOption(stuck, 'seconds') : state.settings.pace.finalizingSeconds
  const endMs = windowEndMs(task.rules, batch)
  await pause(state, batch, Math.min(sinceMs + seconds * 1000, stuck ? endMs : Infinity), task)
  const expired = stuck !== undefined && !task.hurry && sinceMs + seconds * 1000 > endMs
  await move(state, batch, expired ? 'expired' : 'completed')
}
