import type { Provider } from '../../ports/provider/provider.ts'
import type { StagedFile } from '../../ports/provider/batch-service.ts'
import type { AttemptRow } from '../../ports/state.ts'
import { accepted } from '../answers/accepted.ts'
import { uploadPrefix } from '../submission/admit.ts'
import type { Flow } from '../flow.ts'
import { accountOf } from '../step/account.ts'
import { isOver } from '../submission/orphaned-batch.ts'

/** A file of ours at the provider, and whether anything still needs it. */
export interface RemoteFileStatus {
  readonly fileId: string
  /** Null for an answer file, which the provider has named. */
  readonly filename: string | null
  readonly bytes: number | null
  readonly run: string | null
  readonly attempt: AttemptRow | null
  /** Why it must stay; null: nobody needs it any more. */
  readonly keep: string | null
}

export interface RemoteFilesChoice {
  /** Files of runs that ended later than so long ago stay. */
  readonly olderThanMs: number
  /** Files that no attempt of this state knows stay for so long: another copy of the state may need them. */
  readonly unknownForMs: number
  /** The jobs that use this provider. */
  readonly jobs: readonly string[]
  /** Other accounts that these jobs use: files of theirs are not looked for here. */
  readonly others: readonly string[]
}

const maxRuns = 1_000
/** Clocks of two machines may differ by so much. */
const skewMs = 600_000

/** The files of ours at a provider: uploads by the name that we gave them, answers by the attempts that know them. */
export async function remoteFiles(
  flow: Pick<Flow, 'store' | 'clock'>,
  provider: Provider,
  choice: RemoteFilesChoice,
): Promise<readonly RemoteFileStatus[]> {
  const uploads: StagedFile[] = []
  for (const projectId of await flow.store.ownIds())
    uploads.push(
      ...accepted(provider, await provider.findStaged(uploadPrefix(projectId)), 'listing its files'),
    )
  const statuses = [...(await uploadStatuses(flow, uploads, choice)), ...(await answerStatuses(flow, choice))]
  return keepRead(provider, statuses, uploads)
}

/** Files that could not be deleted, of those that nobody needs. An attempt of which nothing is left is noted. */
export async function deleteRemoteFiles(
  { store }: Pick<Flow, 'store'>,
  provider: Pick<Provider, 'discard'>,
  statuses: readonly RemoteFileStatus[],
): Promise<readonly RemoteFileStatus[]> {
  const failed: RemoteFileStatus[] = []
  for (const status of statuses) {
    if (status.keep !== null) continue
    const reply = await provider.discard(status.fileId)
    if (reply.kind === 'accepted' || (reply.kind === 'refused' && reply.cause === 'gone')) continue
    failed.push(status)
  }
  const left = new Set(
    [...failed, ...statuses.filter(({ keep }) => keep !== null)].map(({ attempt }) => attempt?.id),
  )
  for (const id of new Set(statuses.map(({ attempt }) => attempt?.id)))
    if (id !== undefined && !left.has(id)) await store.markCleaned(id)
  return failed
}

async function uploadStatuses(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  uploads: readonly StagedFile[],
  { olderThanMs, unknownForMs }: RemoteFilesChoice,
): Promise<readonly RemoteFileStatus[]> {
  const now = clock.now()
  const attempts = new Map(
    (
      await store.attemptsWith(
        'filename',
        uploads.map(({ filename }) => filename),
      )
    ).map((attempt) => [attempt.filename, attempt]),
  )
  const statuses: RemoteFileStatus[] = []
  for (const { id, filename, bytes, createdAtMs } of uploads) {
    const attempt = attempts.get(filename) ?? null
    const run = attempt && (await store.run(attempt.runId))
    const isFresh = createdAtMs === null || createdAtMs > now - unknownForMs
    const keep = run
      ? keptByRun(run, now - olderThanMs)
      : isFresh
        ? 'no attempt of this state knows it, and it is new'
        : null
    statuses.push({ fileId: id, filename, bytes, run: run?.id ?? null, attempt, keep })
  }
  return statuses
}

/** Answer files that were not deleted when their run ended. */
async function answerStatuses(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  { olderThanMs, jobs, others }: RemoteFilesChoice,
): Promise<readonly RemoteFileStatus[]> {
  const statuses: RemoteFileStatus[] = []
  const ended = await store.runs({ endedBefore: clock.now() - olderThanMs, limit: maxRuns })
  for (const run of ended.filter(({ job }) => jobs.includes(job))) {
    for (const attempt of await store.attempts(run.id)) {
      if (attempt.remoteDeleted === 1 || others.includes(accountOf(attempt) ?? '')) continue
      for (const fileId of [attempt.outputPart, attempt.errorPart])
        if (fileId !== null)
          statuses.push({ fileId, filename: null, bytes: null, run: run.id, attempt, keep: null })
    }
  }
  return statuses
}

function keptByRun(
  { liveKey, finishedAt }: { readonly liveKey: string | null; readonly finishedAt: number | null },
  endedBefore: number,
): string | null {
  if (liveKey !== null) return 'its run continues'
  return finishedAt !== null && finishedAt <= endedBefore ? null : 'its run ended too short a time ago'
}

/** Whatever the state says: a file that a batch under way reads must stay. */
async function keepRead(
  provider: Provider,
  statuses: readonly RemoteFileStatus[],
  uploads: readonly StagedFile[],
): Promise<readonly RemoteFileStatus[]> {
  if (statuses.every(({ keep }) => keep !== null)) return statuses
  const oldest = Math.min(...uploads.map(({ createdAtMs }) => createdAtMs ?? 0))
  const since = Number.isFinite(oldest) ? Math.max(0, oldest - skewMs) : 0
  const batches = accepted(provider, await provider.batches(since), 'listing its batches')
  const read = new Set(batches.filter((batch) => !isOver(batch)).map(({ staged }) => staged))
  return statuses.map((status) =>
    status.keep === null && read.has(status.fileId)
      ? { ...status, keep: 'a batch at the provider reads it' }
      : status,
  )
}
