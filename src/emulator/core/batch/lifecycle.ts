import { setTimeout as sleep } from 'node:timers/promises'
import { ClockStopped } from '../clock.ts'
import { DISK_RETRY_MS, isDiskFault } from '../disk.ts'
import { type BatchResult, type Execution, type Skipped, execute } from './execute.ts'
import { settleFailed } from './result-file.ts'
import {
  type BatchError,
  type BatchRecord,
  type BatchStatus,
  NEXT_STATUSES,
  isTerminal,
  numberOption,
  scenarioOf,
} from '../records.ts'
import { validationError } from '../../dialects/openai/scenarios/validation-texts.ts'
import { type Timetable, timetableOf, windowEndMs } from './timetable.ts'
import { quotaError, validateBatch } from '../../dialects/openai/batch/validate-batch.ts'
import type { Progress } from '../../dialects/openai/api/view.ts'
import type { World } from '../state.ts'

/** Drives batches through their states by the clock; one quiet task per live batch. */
export interface Lifecycle {
  start(batchId: string): void
  cancel(batchId: string): Promise<BatchRecord>
  /** Lets a batch run to its end at once, whatever the clock says. */
  finishNow(batchId: string): Promise<void>
  progress(batchId: string): Progress
  /** Resolves when every task has stopped; the clock must have been stopped before. */
  settled(): Promise<void>
}

interface Task {
  readonly progress: { completed: number; failed: number }
  readonly done: Promise<void>
  lineTokens: readonly number[]
  hurry: boolean
  poke: () => void
}

const ZERO: Progress = { completed: 0, failed: 0 }
/** How many times per batch the clock is looked at while lines run. */
const STEPS = 100

export function createLifecycle(world: World, onError: (error: unknown) => void): Lifecycle {
  const tasks = new Map<string, Task>()

  const start = (batchId: string): void => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const task: Task = {
      progress: { ...ZERO },
      lineTokens: [],
      hurry: false,
      poke: () => undefined,
      done: promise,
    }
    tasks.set(batchId, task)
    void live(world, batchId, task)
      .catch((error: unknown) => {
        if (!(error instanceof ClockStopped) && !world.stop.aborted) onError(error)
      })
      .finally(() => {
        tasks.delete(batchId)
        resolve()
      })
  }

  for (const batch of world.batches.values()) if (!isTerminal(batch.status)) start(batch.id)

  return {
    start,
    cancel: async (batchId) => {
      const batch = await move(world, current(world, batchId), 'cancelling')
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
    progress: (batchId) => tasks.get(batchId)?.progress ?? ZERO,
    settled: async () => {
      await Promise.all([...tasks.values()].map((task) => task.done))
    },
  }
}

function current(world: World, batchId: string): BatchRecord {
  const batch = world.batches.get(batchId)
  if (!batch) throw new Error(`Batch ${batchId} is not in the journal.`)
  return batch
}

async function move(
  world: World,
  batch: BatchRecord,
  status: BatchStatus,
  change: Partial<BatchRecord> = {},
  files: BatchResult['files'] = [],
): Promise<BatchRecord> {
  if (!NEXT_STATUSES[batch.status].includes(status)) {
    throw new Error(`A batch cannot go from ${batch.status} to ${status}.`)
  }
  const next: BatchRecord = {
    ...batch,
    ...change,
    status,
    times: { ...batch.times, [status]: world.clock.nowMs() },
  }
  await world.putBatch(next, files)
  return next
}

/** Steps until the batch has ended; each step starts from what the journal says, and again when the disk was full. */
async function live(world: World, batchId: string, task: Task): Promise<void> {
  while (true) {
    if (world.stop.aborted) throw new ClockStopped()
    try {
      if (await step(world, current(world, batchId), task)) return
    } catch (error) {
      if (!isDiskFault(error)) throw error
      await sleep(DISK_RETRY_MS, undefined, { signal: world.stop }).catch(() => undefined)
    }
  }
}

/** True: the batch has ended. */
async function step(world: World, batch: BatchRecord, task: Task): Promise<boolean> {
  switch (batch.status) {
    case 'validating':
      await validate(world, batch, task)
      return false
    case 'in_progress':
    case 'cancelling':
      await runLines(world, batch, task)
      return false
    case 'finalizing':
      await finalize(world, batch, task)
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
async function pause(world: World, batch: BatchRecord, atMs: number, task: Task): Promise<void> {
  if (task.hurry || current(world, batch.id).status !== batch.status) return
  await world.clock.until(atMs, world.stop, (poke) => {
    task.poke = poke
  })
}

async function validate(world: World, batch: BatchRecord, task: Task): Promise<void> {
  const { pace } = world.settings
  const validated = await validateBatch(world, batch)
  task.lineTokens = validated.lineTokens
  await pause(world, batch, batch.createdAtMs + pace.validatingSeconds * 1000, task)
  const stuck = scenarioOf(batch, 'stuck-validating')
  const stuckUntilMs = stuck ? batch.createdAtMs + numberOption(stuck, 'seconds') * 1000 : 0
  await pause(world, batch, Math.min(stuckUntilMs, windowEndMs(batch)), task)
  const latest = current(world, batch.id)
  if (latest.status !== 'validating' || world.stop.aborted) return
  if (world.clock.nowMs() >= windowEndMs(batch) && stuckUntilMs > windowEndMs(batch)) {
    await move(world, latest, 'expired')
    return
  }
  const quota = validated.errors.length === 0 ? quotaError(world, batch, validated) : null
  const errors: readonly BatchError[] = quota ? [quota] : validated.errors
  if (errors.length > 0) {
    const empty = await settleFailed(world, batch)
    const change = {
      errors,
      model: validated.model,
      // A failed batch holds nothing of the quota, unless it leaves its tokens behind.
      enqueuedTokens: validated.tokens,
      settlement: empty?.settlement ?? null,
    }
    await move(world, latest, 'failed', change, empty?.files)
    return
  }
  await move(world, latest, 'in_progress', {
    model: validated.model,
    total: validated.total,
    enqueuedTokens: validated.tokens,
  })
}

async function runLines(world: World, batch: BatchRecord, task: Task): Promise<void> {
  // Cancelled before its first line was looked at: there is nothing to write.
  if (batch.times.in_progress === undefined) {
    await endCancel(world, batch, task, null)
    return
  }
  const timetable = timetableOf(batch, world.settings.pace)
  const execution = executionOf(world, batch, timetable, task)
  const result = await execute(world, execution)
  const latest = current(world, batch.id)
  if (latest.status === 'cancelling') {
    await endCancel(world, latest, task, result)
    return
  }
  if (scenarioOf(batch, 'failed-after-running')) {
    const errors = [validationError('server_error')]
    await move(world, latest, 'failed', { errors, settlement: result.settlement }, result.files)
    return
  }
  const expires = !task.hurry && timetable.dueMs(timetable.total - 1) > windowEndMs(batch)
  if (expires) await move(world, latest, 'expired', { settlement: result.settlement }, result.files)
  else await move(world, latest, 'finalizing', { settlement: result.settlement }, result.files)
}

function executionOf(world: World, batch: BatchRecord, timetable: Timetable, task: Task): Execution {
  const endMs = windowEndMs(batch)
  const step = Math.max(1, Math.floor(timetable.total / STEPS))
  const runsOn = scenarioOf(batch, 'cancel-runs-on') !== undefined
  /** The moment after which nothing starts any more. */
  const lastStart = (): { atMs: number; reason: Skipped } => {
    const cancelledMs = runsOn ? Infinity : (current(world, batch.id).times.cancelling ?? Infinity)
    return cancelledMs < endMs
      ? { atMs: cancelledMs, reason: 'batch_cancelled' }
      : { atMs: endMs, reason: 'batch_expired' }
  }
  const decide = async (index: number): Promise<'run' | Skipped> => {
    while (!task.hurry) {
      if (world.stop.aborted) throw new ClockStopped()
      const dueMs = timetable.dueMs(index)
      const last = lastStart()
      if (dueMs > last.atMs) {
        if (last.reason === 'batch_cancelled' || world.clock.nowMs() >= last.atMs) return last.reason
        await pause(world, batch, last.atMs, task)
        continue
      }
      const groupMs = Math.min(timetable.dueMs(Math.min(index + step, timetable.total) - 1), last.atMs)
      if (world.clock.nowMs() >= dueMs) return 'run'
      // Where cancelling changes nothing, the wait goes on in the new status.
      await pause(world, current(world, batch.id), groupMs, task)
    }
    return 'run'
  }
  return {
    batch,
    timetable,
    lineTokens: task.lineTokens,
    progress: task.progress,
    isDue: (index) => {
      if (world.stop.aborted) throw new ClockStopped()
      const dueMs = timetable.dueMs(index)
      return task.hurry || (dueMs <= world.clock.nowMs() && dueMs <= lastStart().atMs)
    },
    gate: decide,
  }
}

async function endCancel(
  world: World,
  batch: BatchRecord,
  task: Task,
  result: BatchResult | null,
): Promise<void> {
  const slow = scenarioOf(batch, 'slow-cancel')
  const seconds = slow ? numberOption(slow, 'seconds') : world.settings.pace.cancellingSeconds
  await pause(world, batch, (batch.times.cancelling ?? 0) + seconds * 1000, task)
  await move(world, batch, 'cancelled', { settlement: result?.settlement ?? null }, result?.files ?? [])
}

async function finalize(world: World, batch: BatchRecord, task: Task): Promise<void> {
  const sinceMs = batch.times.finalizing ?? batch.createdAtMs
  const stuck = scenarioOf(batch, 'stuck-finalizing')
  const seconds = stuck ? numberOption(stuck, 'seconds') : world.settings.pace.finalizingSeconds
  const endMs = windowEndMs(batch)
  await pause(world, batch, Math.min(sinceMs + seconds * 1000, stuck ? endMs : Infinity), task)
  const expired = stuck !== undefined && !task.hurry && sinceMs + seconds * 1000 > endMs
  await move(world, batch, expired ? 'expired' : 'completed')
}
