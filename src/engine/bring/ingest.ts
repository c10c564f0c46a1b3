import { join } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { customId } from '../../domain/request.ts'
import type { RunRow } from '../../ports/state.ts'
import type { SourcePage, SourceRecord } from '../../ports/source.ts'
import { answerFile, DurableFile } from '../requests/artefacts.ts'
import { prepareRun } from '../plan/prepare-run.ts'
import { buildPages } from '../requests/build.ts'
import type { Flow } from '../flow.ts'
import { answerLine, type ForeignAnswer, type ForeignAnswers } from './foreign-answers.ts'
import { withLease } from '../lease.ts'
import { requestsOfBatch } from '../merge/batch-lines.ts'
import { specOf } from '../spec.ts'

/** What was found for the answers that were brought. */
export interface Ingested {
  /** Answers whose record the source has. */
  readonly matched: number
  /** Answers whose record it does not have. */
  readonly unmatched: number
  /** Answers that were asked for a whole record of which the job makes several; none of them takes it. */
  readonly ambiguous: number
  readonly unusable: number
}

/**
 * Gives a new run the answers that somebody else's batches have brought: builds the requests of their records, puts
 * the answers beside them as if a batch had ended, and lets the run go on, which judges and writes them as always.
 * Sends nothing. Throws E_RECORD_UNKNOWN when no answer belongs to a record.
 */
export async function ingest(
  flow: Flow,
  run: RunRow,
  answers: ForeignAnswers,
  idOf: (row: unknown) => string | null,
  signal: AbortSignal,
): Promise<Ingested> {
  const { store, clock } = flow
  const byKey = new Map<string, ForeignAnswer>()
  const claims = new Map<string, number>()
  const done = await withLease(flow, { kind: 'run', id: run.id }, signal, async (lease) => {
    const job = await prepareRun(flow, specOf(run))
    await using reader = await job.source.open(flow.connectors)
    const pages = (): AsyncIterable<SourcePage<unknown>> =>
      reader.read({ after: null, limit: null, order: 'key', only: null })
    // Whether an answer belongs to one record only is known when all were seen.
    for await (const { records } of pages())
      for (const record of records) {
        const id = answeredId(record, answers, idOf)
        if (id !== null) claims.set(id, (claims.get(id) ?? 0) + 1)
      }
    const mayTake = (record: SourceRecord<unknown>): ForeignAnswer | undefined => {
      const id = answeredId(record, answers, idOf)
      return id !== null && claims.get(id) === 1 ? answers.byId.get(id) : undefined
    }
    await buildPages(flow, lease, run, answered(pages(), mayTake, byKey))
    return null
  })
  if (done === null) throw new OffpeakError('E_RUN_STATE', `somebody else works on run ${run.id}`)
  for (const attempt of await store.attempts(run.id)) {
    await withLease(flow, { kind: 'attempt', id: attempt.id }, signal, async (lease) => {
      const bytes = await writeAnswers(flow, run, attempt, byKey)
      await store.move(lease.claim, 'collected', {
        outputBytes: bytes,
        errorBytes: 0,
        collectedAt: clock.now(),
        ending: 'completed',
      })
      return clock.now()
    })
  }
  const left = ['building', 'running', 'paused'] as const
  if (byKey.size === 0) {
    await store.changeRun(run.id, left, { state: 'cancelling' })
    const over = { state: 'cancelled', liveKey: null, finishedAt: clock.now(), nextAt: null } as const
    await store.changeRun(run.id, ['cancelling'], over)
    throw new OffpeakError(
      'E_RECORD_UNKNOWN',
      claims.size === 0
        ? 'no answer belongs to a record of the source'
        : 'each answer belongs to several records of the source',
      {
        where: `${answers.byId.size} answers, as ${[...answers.byId.keys()].slice(0, 3).join(', ')}`,
        fix: 'compare these ids with the template, and see what the source of the job still selects',
      },
    )
  }
  await store.changeRun(run.id, left, {
    state: 'running',
    hold: 0,
    pauseReason: null,
    nextAt: clock.now(),
  })
  return {
    matched: byKey.size,
    unmatched: answers.byId.size - claims.size,
    ambiguous: claims.size - byKey.size,
    unusable: answers.unusable,
  }
}

/** The id of a record, where an answer has it. */
function answeredId(
  record: SourceRecord<unknown>,
  answers: ForeignAnswers,
  idOf: (row: unknown) => string | null,
): string | null {
  const id = record.problem === undefined ? idOf(record.row) : null
  return id !== null && answers.byId.has(id) ? id : null
}

/** The records of pages that have an answer; notes whose it is. */
async function* answered(
  pages: AsyncIterable<SourcePage<unknown>>,
  answerOf: (record: SourceRecord<unknown>) => ForeignAnswer | undefined,
  byKey: Map<string, ForeignAnswer>,
): AsyncGenerator<SourcePage<unknown>, void> {
  for await (const page of pages) {
    const records = page.records.filter((record) => {
      const answer = answerOf(record)
      if (answer) byKey.set(record.key, answer)
      return answer !== undefined
    })
    if (records.length > 0) yield { ...page, records }
  }
}

/** Writes the output file of a batch that never was at our provider; its size in bytes. */
async function writeAnswers(
  { store, filesDir }: Flow,
  run: RunRow,
  attempt: { readonly id: number; readonly nonce: string; readonly batchN: number },
  byKey: ReadonlyMap<string, ForeignAnswer>,
): Promise<number> {
  const batch = await store.batch(run.id, attempt.batchN)
  const path = answerFile(filesDir, { ...attempt, fetches: 0 }, 'output')
  const file = new DurableFile(filesDir, path.slice(join(filesDir, '/').length))
  try {
    for await (const requests of requestsOfBatch(store, run.id, attempt.batchN)) {
      for (const { key, line } of requests) {
        const answer = byKey.get(key)
        if (line !== null && batch && answer)
          file.addText(`${await answerLine(answer, customId(batch.tag, line))}\n`)
        await file.room()
      }
    }
    const bytes = await file.close()
    await file.rename(path)
    return bytes
  } catch (thrown) {
    await file.discard()
    throw thrown
  }
}
