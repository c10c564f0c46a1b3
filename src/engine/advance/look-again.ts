import { rm } from 'node:fs/promises'
import { endingIn } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { parseCounts } from '../../domain/outcome.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { boundOf } from '../answers/answer-bound.ts'
import { AnswerReader, BatchLines } from '../answers/batch-lines.ts'
import { answerFile } from '../files/durable-file.ts'
import { lineGroups } from '../files/file-lines.ts'
import { unpaused } from '../step/pause.ts'
import { type PreparedJob, prepareRun } from '../job/prepare.ts'
import { noteReopened } from '../job/reopened.ts'
import { specOf } from '../spec.ts'
import { jobFor } from '../step/account.ts'

/** Results of a search for answers that had been given up. */
export interface LookedAgain {
  /** Requests without their answers. */
  readonly lost: number
  /** Those of them whose answers the provider gives now; their run goes on, and merges them without paying. */
  readonly found: number
  /** Those whose batch is still at work at the provider, or has just ended; their run goes on, and waits for it. */
  readonly running: number
}

/**
 * One more search at the provider for answers of a run that were given up as lost. Sends nothing and costs nothing;
 * where some are found, or may still come, their batches are opened again and the run goes on.
 */
export async function lookForLost(flow: Flow, run: RunRow, signal?: AbortSignal): Promise<LookedAgain> {
  const { store, clock } = flow
  const candidates = (await store.attempts(run.id, ['merged'])).filter(
    ({ providerBatchId, remoteDeleted }) => providerBatchId !== null && remoteDeleted === 0,
  )
  const spec = specOf(run)
  let [lost, found, running] = [0, 0, 0]
  const reopen: number[] = []
  let job: PreparedJob | null = null
  for (const attempt of candidates) {
    const lines = await lostLines(flow, attempt)
    if (lines.size === 0) continue
    lost += lines.size
    job ??= await prepareRun(flow, spec)
    const { provider } = await jobFor(job, attempt, run, signal)
    const reply = await provider.batch(attempt.providerBatchId ?? '', signal)
    if (reply.kind === 'accepted' && endingIn(reply.value.state) === null) {
      reopen.push(attempt.id)
      running += lines.size
      continue
    }
    const { maxOutputTokens } = spec
    const count = await answered(flow, { provider, reply, maxOutputTokens }, attempt, lines, signal)
    if (count > 0) reopen.push(attempt.id)
    found += count
  }
  if (reopen.length === 0) return { lost, found, running }
  const live = (await store.runs({ job: run.job, live: true, limit: 1 }))[0]
  if (live && live.id !== run.id)
    throw new OffpeakError(
      'E_RUN_STATE',
      `answers of run ${run.id} are at the provider, and run ${live.id} of ${run.job} is running; one is merged after the other`,
      { fix: `offpeak resume ${live.id}, then: offpeak resume ${run.id}` },
    )
  await store.reopenLost(run.id, reopen, clock.now())
  await store.changeRun(run.id, ['done', 'cancelled', 'paused', 'running'], {
    state: 'running',
    liveKey: run.job,
    finishedAt: null,
    // Looking costs nothing: what the answers leave to be sent again waits for somebody who agrees to pay for it.
    ...(run.liveKey === null ? { maySend: 'nothing' as const } : {}),
    ...unpaused,
    nextAt: clock.now(),
  })
  await noteReopened(flow, run)
  await store.addEvent(run.id, clock.now(), 'answers.found', { requests: found, running })
  return { lost, found, running }
}

/**
 * The runs in which answers are to be looked for: the run itself, and those that may have paid for what this one has
 * left out for that reason.
 */
export async function runsToLookIn({ store }: Pick<Flow, 'store'>, run: RunRow): Promise<readonly string[]> {
  if ((parseCounts(run.unsent).lost ?? 0) === 0) return [run.id]
  const before = await store.runsThatEnded(run.job, ['lost'], run.simulated === 1)
  return [run.id, ...before.map((each) => each.run).filter((id) => id !== run.id)]
}

/** The lines of a batch's file whose answers were given up. */
async function lostLines({ store }: Pick<Flow, 'store'>, attempt: AttemptRow): Promise<ReadonlySet<number>> {
  const batch = await store.batch(attempt.runId, attempt.batchN)
  if (!batch) return new Set()
  const requests = await BatchLines.read(store, batch)
  const lines = Array.from({ length: requests.length }, (_, line) => line)
  return new Set(lines.filter((line) => requests.request(line)?.outcome === 'lost'))
}

/** How many of these lines the provider's files answer now. */
async function answered(
  { store, filesDir }: Flow,
  {
    provider,
    reply,
    maxOutputTokens,
  }: {
    readonly provider: Provider
    readonly reply: Reply<RemoteBatch>
    readonly maxOutputTokens: number | null
  },
  attempt: AttemptRow,
  lines: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<number> {
  const batch = await store.batch(attempt.runId, attempt.batchN)
  const ids =
    reply.kind === 'accepted'
      ? [reply.value.outputPart, reply.value.errorPart]
      : [attempt.outputPart, attempt.errorPart]
  const path = `${answerFile(filesDir, attempt, 'output')}.look`
  const reader = new AnswerReader(provider, attempt.idTag ?? batch?.tag ?? '')
  const found = new Set<number>()
  const bound = { maxBytes: boundOf(batch, maxOutputTokens) }
  for (const id of ids) {
    if (id === null) continue
    if ((await provider.fetch(id, path, signal, bound)).kind !== 'accepted') continue
    for await (const group of lineGroups(path, 0))
      for (const line of group) {
        const read = reader.read(line).found
        if (read && !('kind' in read) && lines.has(read.line)) found.add(read.line)
      }
    await rm(path, { force: true })
  }
  return found.size
}
