import type { InputUnit } from '../../domain/token-rule.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { typedKey, keyArgument } from '../../wording/typed-key.ts'
import type { VerdictName } from '../../domain/verdict.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { specOf, unitOf } from '../spec.ts'
import { answeredBy } from '../answers/judged-record.ts'
import { recordCosts } from './record-costs.ts'
import { type RecordTry, triesOf } from './record-tries.ts'
import { StoredPieces } from './stored-pieces.ts'
import { keysMeant } from '../job/typed-keys.ts'
import { readWritten, type Written } from './written.ts'

/** Everything that is known about one record of a run. */
export interface RecordDetail {
  readonly schema: 'offpeak.record/2'
  readonly run: string
  readonly job: string
  /** Whether an emulator has answered. */
  readonly simulated: boolean
  readonly key: string
  readonly outcome: Outcome
  readonly reason: string | null
  /** The row, when the run keeps rows. */
  readonly row: unknown
  /** The body that was sent, with name and size instead of attached files; null when nothing was, or its file is gone. */
  readonly request: unknown
  /** The raw line that came back. */
  readonly answer: unknown
  /** What the model wrote. */
  readonly text: string | null
  /** In the shape of the job's schema; null when there is no answer that fits it. */
  readonly output: unknown
  /** From 0 to 1; null without a `score`. */
  readonly score: number | null
  /** Of all tries. */
  readonly costUsd: number | null
  /** What `inputTokens` of its tries count. */
  readonly inputUnit: InputUnit
  readonly deduplicatedInto: string | null
  /** Oldest first; those of the record that it was folded into. */
  readonly tries: readonly RecordTry[]
  readonly written: Written | null
  /** What a person thought of this answer. */
  readonly verdict: {
    readonly run: string
    readonly key: string
    readonly verdict: VerdictName
    readonly reason: string | null
    readonly by: string
    readonly at: number
  } | null
  /** The neighbours in the order of the source. */
  readonly previous: string | null
  readonly next: string | null
  /** The same on the command line. */
  readonly command: string
}

/** So many parts are named to somebody who asks for the whole record. */
const namedParts = 20

/** One record, by its key. Throws E_RECORD_UNKNOWN. */
export async function recordOf(flow: Flow, run: RunRow, key: string): Promise<RecordDetail> {
  const { store } = flow
  const request = await find(store, run, key)
  const [asked, beside, pieces, [said = null]] = await Promise.all([
    answeredBy(store, request),
    store.neighbours(run.id, request.seq),
    StoredPieces.of(flow, run),
    store.verdicts(run.id, [request.seq]),
  ])
  const [row, answer] = await Promise.all([pieces.row(request), pieces.line(asked)])
  // What was said of an earlier answer is not about this one.
  const verdict = said?.attemptId === asked.attemptId ? said : null
  const read = await readWritten(flow, run, { request, asked, verdict, row })
  return {
    schema: 'offpeak.record/2',
    run: run.id,
    simulated: run.simulated === 1,
    job: run.job,
    key: request.key,
    outcome: request.outcome,
    reason: request.reason,
    row,
    request: await pieces.body(asked),
    answer,
    text: pieces.text(answer),
    ...read,
    score: request.scorePermille === null ? null : request.scorePermille / 1_000,
    costUsd: (await recordCosts(flow, [request])).get(request.seq) ?? null,
    inputUnit: unitOf(specOf(run)),
    deduplicatedInto: request.deduplicatedInto === null ? null : asked.key,
    tries: await triesOf(flow, asked, pieces),
    verdict: shown(verdict),
    ...beside,
    command: `offpeak show ${run.id} ${keyArgument(request.key)}`,
  }
}

async function find(store: Flow['store'], run: RunRow, typed: string): Promise<RequestRow> {
  const [key = typed] = await keysMeant(store, run, [typed])
  const request = await store.request(run.id, key)
  if (request) return request
  const parts = await store.requests(run.id, { keys: [key], limit: namedParts })
  throw new OffpeakError('E_RECORD_UNKNOWN', `run ${run.id} has no record ${typedKey(key)}`, {
    fix:
      parts.length > 0
        ? `it was asked in parts: ${parts.map((part) => typedKey(part.key)).join(', ')}`
        : run.unchanged > 0
          ? `${run.unchanged} records were done before and are not part of this run`
          : 'check the key; it is the source’s key column as text',
  })
}

/** One that was taken back is none. */
function shown(row: VerdictRow | null): RecordDetail['verdict'] {
  if (row === null || row.verdict === null) return null
  const { runId, key, verdict, reason, by, at } = row
  return { run: runId, key, verdict, reason, by, at }
}
