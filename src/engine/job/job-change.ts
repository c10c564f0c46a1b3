import { changeBetween, type Definition, type DefinitionChange } from '../../domain/definition.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Cause } from '../../planning/waiting/wait.ts'
import type { AttemptRow, BatchRow, RunRow } from '../../ports/state.ts'
import type { DefinitionNow, Flow } from '../flow.ts'
import { type RunSpec, specOf, textOfSpec } from '../spec.ts'

/** How the job of this process differs from the one that a run began with. */
export interface JobChange extends DefinitionChange {
  /** When the newest of its files was changed (milliseconds since the epoch). */
  readonly changedAt: number
}

type Known = Pick<Flow, 'definition'>

/**
 * The change between the job that a run began with and the one of this process; null: there is none, or no file
 * defines the job any more. Throws what is wrong with the job file.
 */
export async function jobChangeOf(flow: Known, { job, definition }: RunSpec): Promise<JobChange | null> {
  if (definition === null) return null
  const now = await flow.definition(job)
  const { ask, write } = changeBetween(definition, now)
  return now !== null && (ask || write) ? { ask, write, changedAt: now.changedAt } : null
}

/** The same for who only looks: a job file that cannot be used has changed nothing yet. */
export async function seenJobChange(flow: Known, run: RunRow): Promise<JobChange | null> {
  return jobChangeOf(flow, specOf(run)).catch(() => null)
}

/**
 * The cause for which a run that is not fully built waits: it would continue with another prompt than it began with.
 */
export async function askChanged(flow: Known, run: RunRow): Promise<Cause | null> {
  const change = await jobChangeOf(flow, specOf(run))
  return change?.ask === true ? causeOf(run.job, change) : null
}

/** The cause for which answers wait: they would be judged by another job than they were asked by. */
export async function writeChanged(flow: Known, run: RunRow): Promise<Cause | null> {
  const change = await jobChangeOf(flow, specOf(run))
  return change?.write === true ? causeOf(run.job, change) : null
}

/**
 * Whether the next step of an attempt judges answers, or sends again what was judged: polling and download go on, and so
 * does what a run that is cancelled has to let go.
 */
export function needsSameWrite(
  run: Pick<RunRow, 'state'>,
  { state }: Pick<AttemptRow, 'state'>,
  batch: Pick<BatchRow, 'round'> | null,
  deliveryMode: DeliveryMode,
): boolean {
  if (state === 'collected') return true
  if (run.state === 'cancelling') return false
  if (state === 'asking') return true
  return state === 'reserved' || state === 'waiting'
    ? deliveryMode !== 'batch' || (batch?.round ?? 0) > 0
    : false
}

/** The guard for actions that would judge answers by another job. Throws E_JOB_CHANGED. */
export async function requireSameWrite(flow: Known, run: RunRow): Promise<void> {
  refuse(run, await writeChanged(flow, run))
}

/** The guard against resuming a run that would stop again immediately. Throws E_JOB_CHANGED. */
export async function requireSameJob(flow: Known, run: RunRow): Promise<void> {
  refuse(run, (await writeChanged(flow, run)) ?? (run.sourceDone === 0 ? await askChanged(flow, run) : null))
}

/**
 * The guard against resuming a run for a job that asks otherwise than it did when the run began: its answers would be
 * those of another question. Throws E_JOB_CHANGED.
 */
export async function requireSameAsk(flow: Known, run: RunRow): Promise<void> {
  const cause = await askChanged(flow, run)
  if (cause === null) return
  throw new OffpeakError(
    'E_JOB_CHANGED',
    `run ${run.id} of ${run.job} continues, and was begun with another definition of the job; nothing was started`,
    {
      where: cause.words,
      fix: `offpeak resume ${run.id} takes it to its end as it was asked; then start again\nOr: offpeak cancel ${run.id}, or another name for the job`,
    },
  )
}

function refuse(run: RunRow, cause: Cause | null): void {
  if (cause === null) return
  throw new OffpeakError('E_JOB_CHANGED', `the job ${run.job} is not the one that run ${run.id} began with`, {
    where: cause.words,
    fix: `offpeak resume ${run.id} --today takes the job as it is now, and pays nothing\nOr bring the job back as it was`,
  })
}

/** Results of the choice of the job as it is now. */
export interface Adopted {
  readonly run: RunRow
  /** The rest of the source is left to the next run: no run asks in two ways. */
  readonly isCut: boolean
}

/**
 * The adoption of the job as it is now for a run, by a person's decision: what is answered is judged and written by it.
 * What was to be asked otherwise is not asked by this run any more. Pays nothing. Throws E_JOB_UNKNOWN and E_RUN_STATE.
 */
export async function adoptToday(
  { store, clock, definition }: Pick<Flow, 'store' | 'clock' | 'definition'>,
  run: RunRow,
): Promise<Adopted> {
  const spec = specOf(run)
  const now = await definition(spec.job)
  if (now === null)
    throw new OffpeakError('E_JOB_UNKNOWN', `no job file defines ${spec.job} any more`, {
      fix: 'bring the job file back, or cancel the run',
    })
  const change = changeBetween(spec.definition, now)
  if (!change.ask && !change.write) return { run, isCut: false }
  const isCut = change.ask && run.sourceDone === 0
  const changes = {
    spec: textOfSpec({ ...spec, definition: plain(now) }),
    ...(isCut && { sourceDone: 1 }),
    // Whoever builds it now stops at its next file.
    ...(isCut && run.state === 'building' && { state: 'running' as const, nextAt: clock.now() }),
  }
  const isTaken = await store.changeRun(run.id, [run.state], changes, {
    at: clock.now(),
    kind: 'run.today',
    data: { ...change, isCut },
  })
  if (!isTaken)
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} has become something else meanwhile`, {
      fix: 'look at it again',
    })
  return { run: (await store.run(run.id)) ?? run, isCut }
}

function plain({ ask, write }: DefinitionNow): Definition {
  return { ask, write }
}

function causeOf(job: string, { ask, write }: DefinitionChange): Cause {
  const parts = [
    ask ? 'what it asks (source, prompt, schema, model, parameters)' : '',
    write ? 'how answers are judged and written (schema, check, score, sink)' : '',
  ].filter(Boolean)
  return { kind: 'changed', words: `${job} has changed in ${parts.join(', and in ')}` }
}

/** The wake-up of runs that wait for a job which is not the one they began with: it may be so once more. */
export async function wakeChanged({ store, clock }: Pick<Flow, 'store' | 'clock'>): Promise<void> {
  for (const run of await store.runs({ live: true, limit: 1_000 })) {
    if (run.pauseKind !== 'changed') continue
    const now = clock.now()
    await store.changeRun(run.id, ['paused'], { nextAt: now })
    await store.wakeAttempts(run.id, now)
  }
}
