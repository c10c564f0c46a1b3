import { type AttemptState, isRunning, isUnsent } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import { accepted } from '../answers/accepted.ts'
import type { Flow } from '../flow.ts'
import { accountOf } from '../step/account.ts'
import { sentBefore } from '../queries/sent-before.ts'
import { otherProjects } from './adopt-project.ts'
import { adoptBatch } from '../submission/orphaned-batch.ts'

/** A batch at the provider that an attempt of this state has. */
export interface OwnBatch {
  readonly batch: RemoteBatch
  readonly run: string
  readonly job: string
  readonly file: number
  readonly state: AttemptState
  /** An emulator answers its run. */
  readonly simulated: boolean
}

/** A batch at the provider that carries our mark, or was made of a file of ours, and that no attempt has. */
export interface OrphanedBatch {
  readonly batch: RemoteBatch
  /** The run that it was made for, if this state has it. */
  readonly run: RunRow | null
  readonly attempt: AttemptRow | null
  /** An attempt waits for it: its run takes it over by itself, or by hand. */
  readonly adoptable: boolean
  /** The job that goes on with it when it is run again, because a state that is gone has made it; null: none. */
  readonly goesOnIn: string | null
}

/** The provider's list beside ours. */
export interface RemoteBatches {
  readonly provider: string
  /** As the jobs name the account; null: they name none. */
  readonly account: string | null
  readonly ours: readonly OwnBatch[]
  readonly orphans: readonly OrphanedBatch[]
  /** Batches of this account that have nothing to do with this state. */
  readonly foreign: number
  /** Those of them that other projects have made with this key. */
  readonly otherProjects: ReturnType<typeof otherProjects>
  /** Batches of runs that go on, which the provider does not list. */
  readonly unlisted: readonly Omit<OwnBatch, 'batch'>[]
}

/** An account, the jobs that use it, and the other accounts that they use too, which have lists of their own. */
export interface AccountJobs {
  readonly provider: Provider
  readonly jobs: readonly string[]
  readonly others: readonly string[]
}

const maxLive = 1_000

/** Differences between the provider's list since a time and the attempts of the jobs that use it; changes nothing. */
export async function compareBatches(
  flow: Pick<Flow, 'store' | 'filesDir'>,
  { provider, jobs, others }: AccountJobs,
  sinceMs: number,
): Promise<RemoteBatches> {
  const { store } = flow
  const listed = accepted(provider, await provider.batches(sinceMs), 'listing its batches')
  const attemptOf = new Map(
    (
      await store.attemptsWith(
        'providerBatchId',
        listed.map(({ id }) => id),
      )
    ).map((attempt) => [attempt.providerBatchId, attempt]),
  )
  const runOf = await runsOf(flow, [...attemptOf.values()])
  const ours: OwnBatch[] = []
  const orphans: OrphanedBatch[] = []
  const before = new Map((await sentBefore(flow)).map(({ nonce, job }) => [nonce, job]))
  for (const batch of listed) {
    const attempt = attemptOf.get(batch.id)
    if (attempt) ours.push({ batch, ...own(attempt, runOf) })
    else {
      const orphan = await orphanOf(flow, batch)
      if (!orphan) continue
      const job = await earlierJob(flow, orphan, before)
      orphans.push({ ...orphan, goesOnIn: job !== null && jobs.includes(job) ? job : null })
    }
  }
  const unlisted: Omit<OwnBatch, 'batch'>[] = []
  for (const run of await store.runs({ live: true, limit: maxLive })) {
    if (!jobs.includes(run.job)) continue
    for (const attempt of await store.attempts(run.id)) {
      const isRecent = attempt.createdAt >= sinceMs
      if (others.includes(accountOf(attempt) ?? '')) continue
      if (isRunning(attempt.state) && isRecent && !attemptOf.has(attempt.providerBatchId))
        unlisted.push(own(attempt, new Map([[run.id, run]])))
    }
  }
  const foreign = listed.length - ours.length - orphans.length
  return {
    provider: provider.name,
    account: provider.place?.name ?? null,
    ours,
    orphans,
    foreign,
    otherProjects: otherProjects(listed, await store.ownIds()),
    unlisted,
  }
}

/**
 * The adoption of a batch by the attempt that waits for it. Returns the attempt, also when it had the batch before.
 * Throws E_RUN_STATE that says why it cannot be attached.
 */
export async function adoptOrphan(
  flow: Pick<Flow, 'store' | 'clock'>,
  provider: Pick<Provider, 'account'>,
  batch: RemoteBatch,
): Promise<AttemptRow> {
  const refuse = (why: string, fix?: string): never => {
    throw new OffpeakError(
      'E_RUN_STATE',
      `${batch.id} cannot be attached: ${why}`,
      fix === undefined ? {} : { fix },
    )
  }
  const [known] = await flow.store.attemptsWith('providerBatchId', [batch.id])
  if (known) return known
  const orphan = await orphanOf(flow, batch)
  if (!orphan) return refuse('it does not carry the mark of this state')
  const { attempt } = orphan
  if (!attempt)
    return refuse(
      'no attempt of this state has made it; perhaps another copy of the state has',
      'offpeak batches --cancel-orphans cancels it',
    )
  if (await adoptBatch(flow, provider, attempt, batch))
    return (await flow.store.attempt(attempt.id)) ?? attempt
  return refuse(
    attempt.providerBatchId === null
      ? `its file was sent again after the batch had not been found, and would be merged twice`
      : `its file is answered by ${attempt.providerBatchId} already`,
    'offpeak batches --cancel-orphans cancels it',
  )
}

/** Null: the batch is not proven to be ours. */
async function orphanOf(
  { store }: Pick<Flow, 'store'>,
  batch: RemoteBatch,
): Promise<Omit<OrphanedBatch, 'goesOnIn'> | null> {
  const marked = (await store.ownIds()).has(batch.metadata['offpeak'] ?? '')
  const nonce = batch.metadata['offpeak_nonce']
  const byNonce = marked && nonce !== undefined ? await store.attemptsWith('nonce', [nonce]) : []
  const byFile =
    byNonce.length === 0 && batch.staged !== null ? await store.attemptsWith('staged', [batch.staged]) : []
  const attempt = [...byNonce, ...byFile].at(-1) ?? null
  if (!marked && attempt === null) return null
  const runId = attempt?.runId ?? batch.metadata['offpeak_run']
  return {
    batch,
    run: runId === undefined ? null : await store.run(runId),
    attempt,
    adoptable:
      attempt !== null &&
      attempt.providerBatchId === null &&
      (attempt.state === 'creating' || attempt.state === 'in_doubt'),
  }
}

/** The job of whose files a stray may be one: a state that is gone has sent it, and nobody has given it up. */
async function earlierJob(
  { store }: Pick<Flow, 'store'>,
  { batch: { metadata }, run, attempt }: Omit<OrphanedBatch, 'goesOnIn'>,
  before: ReadonlyMap<string, string>,
): Promise<string | null> {
  if (attempt !== null) return isUnsent(attempt.state) ? (run?.job ?? null) : null
  const nonce = metadata['offpeak_nonce'] ?? ''
  const job = before.get(nonce) ?? ''
  if (job !== '') return job
  // Another file of the same content was taken, or a person has said that it is waited for no longer.
  if (run !== null || (await store.intentStatus(nonce)) !== null) return null
  return metadata['offpeak_job'] ?? null
}

async function runsOf(
  { store }: Pick<Flow, 'store'>,
  attempts: readonly AttemptRow[],
): Promise<ReadonlyMap<string, RunRow>> {
  const ids = [...new Set(attempts.map(({ runId }) => runId))]
  const runs = await Promise.all(ids.map((id) => store.run(id)))
  return new Map(runs.flatMap((run) => (run ? [[run.id, run] as const] : [])))
}

function own(
  { runId, batchN, state }: AttemptRow,
  runs: ReadonlyMap<string, RunRow>,
): Omit<OwnBatch, 'batch'> {
  const run = runs.get(runId)
  return { run: runId, job: run?.job ?? '', file: batchN, state, simulated: run?.simulated === 1 }
}
