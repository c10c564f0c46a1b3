import { join } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { customId } from '../../domain/request.ts'
import type { RunRow } from '../../ports/state.ts'
import type { SourcePage, SourceRecord } from '../../ports/source.ts'
import { answerFile, DurableFile } from '../files/durable-file.ts'
import { prepareRun } from '../job/prepare.ts'
import { buildPages } from '../build/build.ts'
import type { Flow } from '../flow.ts'
import { answerLine, type ForeignAnswer, type ForeignAnswers, type LineProblem } from './foreign-answers.ts'
import type { RowId } from './id-template.ts'
import { withLease } from '../lease.ts'
import { requestsOfBatch } from '../answers/batch-lines.ts'
import { specOf } from '../spec.ts'
import { noneTaken, RowsSeen } from './none-taken.ts'
import { takenBefore } from './taken-before.ts'

/** Results of an import, counted in answers. */
export interface Ingested {
  /** Those that the run takes. */
  readonly taken: number
  /** Of the same file, taken by an earlier run. */
  readonly takenBefore: number
  /** The runs that took these. */
  readonly takenBy: readonly string[]
  /** Those whose record is done and unchanged. */
  readonly done: number
  /** Those whose record the source does not have, with the first ids of them. */
  readonly unmatched: number
  readonly unmatchedIds: readonly string[]
  /** Those asked for a whole record of which the job makes several; none of them takes it. */
  readonly ambiguous: number
  /** Lines that are no answers, and ids that came a second time. */
  readonly unusable: number
  /** The first lines that are no answers, each with why. */
  readonly problems: readonly LineProblem[]
}

const shownIds = 3

/**
 * The import of answers from somebody else's batches into a new run: builds the requests of their records, stores the
 * answers as if a batch had ended, and lets the run continue, which judges and writes them as always. Sends nothing.
 * Where it takes none, the run is over. Throws E_RECORD_UNKNOWN when no answer belongs to a record, and E_USAGE when no
 * row has a field of the template.
 */
export async function ingest(
  flow: Flow,
  run: RunRow,
  answers: ForeignAnswers,
  idOf: (row: unknown) => RowId,
  signal: AbortSignal,
): Promise<Ingested> {
  const { store, clock } = flow
  const byKey = new Map<string, ForeignAnswer>()
  const claims = new Map<string, number>()
  const rows = new RowsSeen()
  const before = await takenBefore(flow, run, answers)
  let unchanged = 0
  const answeredId = (record: SourceRecord<unknown>): string | null => {
    if (record.problem !== undefined) return null
    const found = idOf(record.row)
    if ('lacks' in found) rows.lacking(record.row, found.lacks)
    return 'id' in found && answers.byId.has(found.id) ? found.id : null
  }
  const done = await withLease(flow, { kind: 'run', id: run.id }, signal, async (lease) => {
    const job = await prepareRun(flow, specOf(run))
    await using reader = await job.source.open(flow.connectors)
    const pages = (): AsyncIterable<SourcePage<unknown>> =>
      reader.read({ after: null, limit: null, order: 'key', only: null })
    // Whether an answer belongs to one record only is known when all were seen.
    for await (const { records } of pages())
      for (const record of records) {
        rows.count += 1
        const id = answeredId(record)
        if (id !== null) claims.set(id, (claims.get(id) ?? 0) + 1)
      }
    const mayTake = (record: SourceRecord<unknown>): ForeignAnswer | undefined => {
      const id = answeredId(record)
      return id !== null && claims.get(id) === 1 ? answers.byId.get(id) : undefined
    }
    await buildPages(flow, lease, run, answered(pages(), mayTake, before, byKey))
    unchanged = (await store.run(run.id))?.unchanged ?? 0
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
  const taken = byKey.size - unchanged
  if (taken === 0) {
    await store.changeRun(run.id, left, { state: 'cancelling' })
    const over = { state: 'cancelled', liveKey: null, finishedAt: clock.now(), nextAt: null } as const
    await store.changeRun(run.id, ['cancelling'], over)
  } else
    await store.changeRun(run.id, left, { state: 'running', hold: 0, pauseReason: null, nextAt: clock.now() })
  if (byKey.size === 0 && before.count === 0) throw noneTaken(answers, claims.size, rows)
  const unmatched = [...answers.byId.keys()].filter((id) => !claims.has(id))
  return {
    taken,
    takenBefore: before.count,
    takenBy: [...before.runs],
    done: unchanged,
    unmatched: unmatched.length,
    unmatchedIds: unmatched.slice(0, shownIds),
    ambiguous: [...claims.values()].filter((count) => count > 1).length,
    unusable: answers.unusable,
    problems: answers.problems,
  }
}

/** The records of pages that have an answer which was not taken before; notes whose it is. */
async function* answered(
  pages: AsyncIterable<SourcePage<unknown>>,
  answerOf: (record: SourceRecord<unknown>) => ForeignAnswer | undefined,
  before: Awaited<ReturnType<typeof takenBefore>>,
  byKey: Map<string, ForeignAnswer>,
): AsyncGenerator<SourcePage<unknown>, void> {
  for await (const page of pages) {
    const found = new Map<string, ForeignAnswer>()
    for (const record of page.records) {
      const answer = answerOf(record)
      if (answer) found.set(record.key, answer)
    }
    await before.drop(found)
    for (const [key, answer] of found) byKey.set(key, answer)
    const records = page.records.filter(({ key }) => found.has(key))
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
