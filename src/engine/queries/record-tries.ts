import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { PastTryRow, RequestRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import type { StoredPieces } from './stored-pieces.ts'

/** One try at a record: what was asked, what came back and what it cost. */
export interface RecordTry {
  readonly n: number
  readonly batch: number | null
  readonly deliveryMode: DeliveryMode | null
  readonly providerBatchId: string | null
  /** Counted from 0. */
  readonly line: number | null
  readonly outcome: Outcome
  readonly reason: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly costUsd: number | null
  readonly text: string | null
  /** When the batch was sent; null: it was not. */
  readonly at: number | null
}

/** Every try at a request, oldest first; none for one that was never put into a file. */
export async function triesOf(
  { store }: Pick<Flow, 'store'>,
  request: RequestRow,
  pieces: StoredPieces,
): Promise<readonly RecordTry[]> {
  const { runId, seq, tries } = request
  if (tries === 0) return []
  const past = await store.pastTries(runId, seq)
  const modes = new Map<number, DeliveryMode>()
  const found: RecordTry[] = []
  const all = [...past, { ...request, n: request.standingTry ?? tries }]
  for (const tried of all.toSorted((one, other) => one.n - other.n)) {
    const { batchN } = tried
    if (batchN !== null && !modes.has(batchN)) {
      const batch = await store.batch(runId, batchN)
      if (batch) modes.set(batchN, batch.deliveryMode)
    }
    found.push(await oneTry(store, tried, modes.get(batchN ?? -1) ?? null, pieces))
  }
  return found
}

async function oneTry(
  store: Flow['store'],
  tried: PastTryRow,
  deliveryMode: DeliveryMode | null,
  pieces: StoredPieces,
): Promise<RecordTry> {
  const { n, batchN, line, outcome, reason, inputTokens, outputTokens, costPicoUsd } = tried
  const attempt =
    tried.attemptId === null ? await lastAttempt(store, tried) : await store.attempt(tried.attemptId)
  return {
    n,
    batch: batchN,
    deliveryMode,
    providerBatchId: attempt?.providerBatchId ?? null,
    line,
    outcome,
    reason,
    inputTokens,
    outputTokens,
    costUsd: costPicoUsd === null ? null : costPicoUsd / 1e12,
    text: pieces.text(await pieces.line(tried)),
    at: attempt?.triedAt ?? null,
  }
}

/** The attempt at a batch that is on its way, or whose answers had nothing for this request. */
async function lastAttempt(
  store: Flow['store'],
  { runId, batchN }: Pick<PastTryRow, 'runId' | 'batchN'>,
): Promise<Awaited<ReturnType<Flow['store']['attempt']>>> {
  const attempts = batchN === null ? [] : await store.attempts(runId)
  return attempts.findLast((attempt) => attempt.batchN === batchN) ?? null
}
