import { rm } from 'node:fs/promises'
import type { Provider } from '../ports/provider.ts'
import type { AttemptRow, RunRow } from '../ports/state.ts'
import type { Flow } from './flow.ts'
import { boundOf } from './merge/answer-bound.ts'
import { AnswerReader } from './merge/answer-lines.ts'
import { BatchLines } from './merge/batch-lines.ts'
import { answerFile } from './requests/artefacts.ts'
import { lineGroups } from './requests/file-lines.ts'
import { unpaused } from './pause.ts'
import { prepareRun } from './plan/prepare-run.ts'
import { specOf } from './spec.ts'

/** What a look for answers that had been given up has shown. */
export interface LookedAgain {
  /** Requests without their answers. */
  readonly lost: number
  /** Those of them whose answers the provider gives now; their run goes on, and merges them without paying. */
  readonly found: number
}

/**
 * Looks at the provider once more for answers of a run that were given up as lost. Sends nothing and costs nothing;
 * where some are found, their batches are opened again and the run goes on.
 */
export async function lookForLost(flow: Flow, run: RunRow, signal?: AbortSignal): Promise<LookedAgain> {
  const { store, clock } = flow
  const candidates = (await store.attempts(run.id, ['merged'])).filter(
    ({ providerBatchId, remoteDeleted }) => providerBatchId !== null && remoteDeleted === 0,
  )
  const spec = specOf(run)
  let [lost, found] = [0, 0]
  const reopen: number[] = []
  let provider: Provider | null = null
  for (const attempt of candidates) {
    const lines = await lostLines(flow, attempt)
    if (lines.size === 0) continue
    lost += lines.size
    provider ??= (await prepareRun(flow, spec)).provider
    const count = await answered(
      flow,
      { provider, maxOutputTokens: spec.maxOutputTokens },
      attempt,
      lines,
      signal,
    )
    if (count > 0) reopen.push(attempt.id)
    found += count
  }
  if (reopen.length === 0) return { lost, found: 0 }
  await store.reopenLost(run.id, reopen, clock.now())
  await store.changeRun(run.id, ['done', 'cancelled', 'paused', 'running'], {
    state: 'running',
    liveKey: run.job,
    finishedAt: null,
    ...unpaused,
    nextAt: clock.now(),
  })
  await store.addEvent(run.id, clock.now(), 'answers.found', { requests: found })
  return { lost, found }
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
  { provider, maxOutputTokens }: { readonly provider: Provider; readonly maxOutputTokens: number | null },
  attempt: AttemptRow,
  lines: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<number> {
  const batch = await store.batch(attempt.runId, attempt.batchN)
  const reply = await provider.batch(attempt.providerBatchId ?? '', signal)
  const ids =
    reply.kind === 'accepted'
      ? [reply.value.outputFileId, reply.value.errorFileId]
      : [attempt.outputFileId, attempt.errorFileId]
  const path = `${answerFile(filesDir, attempt, 'output')}.look`
  const reader = new AnswerReader(provider, batch?.tag ?? '')
  const found = new Set<number>()
  const bound = { maxBytes: boundOf(batch, maxOutputTokens) }
  for (const id of ids) {
    if (id === null) continue
    if ((await provider.download(id, path, signal, bound)).kind !== 'accepted') continue
    for await (const group of lineGroups(path, 0))
      for (const line of group) {
        const read = reader.read(line).found
        if (read && !('kind' in read) && lines.has(read.line)) found.add(read.line)
      }
    await rm(path, { force: true })
  }
  return found.size
}
