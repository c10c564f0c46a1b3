import type { Built, NewRequest } from '../../ports/store/requests.ts'
import type { MergedRequest } from '../../ports/store/answers.ts'
import type { Claim, NewRun } from '../../ports/store/runs.ts'
import type { Reservation } from '../../ports/store/ledger.ts'
import type { Store } from '../../ports/store.ts'

/** The rows that store tests are made of; every test names its own run, so that all can share one state. */
export const leaseMs = 1_000

/** A run for the suite of stores. */
export function newRun(id: string, capMicroUsd: number | null = null, job = `job-${id}`): NewRun {
  return {
    id,
    job,
    spec: '{}',
    plan: null,
    provider: 'openai',
    account: 'host/key',
    isSimulated: false,
    hold: false,
    maySend: 'all',
    now: 1_000,
    budgets: [{ key: `run:${id}`, capMicroUsd }],
  }
}

/** A request for the suite of stores. */
export function newRequest(seq: number, batchN: number | null, more: Partial<NewRequest> = {}): NewRequest {
  return {
    seq,
    key: `key-${seq}`,
    fingerprint: `print-${seq}`,
    rowHash: 'hash',
    batchN,
    line: batchN === null ? null : seq,
    fileOffset: 0,
    fileLength: 10,
    rowOffset: null,
    rowLength: null,
    outcome: 'pending',
    reason: null,
    deduplicatedInto: null,
    partOf: null,
    partIndex: null,
    parts: null,
    ...more,
  }
}

/** A file of so many requests, as the builder would commit it. */
export function built(n: number, requests: readonly NewRequest[], more: Partial<Built['run']> = {}): Built {
  const sent = requests.filter(({ line }) => line !== null).length
  return {
    batch: {
      n,
      round: 0,
      deliveryMode: 'batch',
      tag: `tag${n}`,
      bytes: 100,
      requests: sent,
      snapshot: null,
      maxTokens: 100,
      maxCostMicroUsd: 500,
    },
    requests,
    kept: [],
    tag: `tag${n}`,
    nonce: `nonce-${n}`,
    now: 1_000,
    run: {
      sourceCursor: null,
      sourceDone: 0,
      sourceMark: null,
      nextSeq: requests.length,
      nextBatch: n + 1,
      selected: requests.length,
      unchanged: 0,
      folded: 0,
      unsent: '{}',
      ...more,
    },
  }
}

export async function claimRun(store: Store, id: string, now = 2_000): Promise<Claim> {
  return required(await store.claim({ kind: 'run', id }, { holder: 'test', now, leaseMs }))
}

export async function claimAttempt(store: Store, id: number, now = 2_000): Promise<Claim> {
  return required(await store.claim({ kind: 'attempt', id }, { holder: 'test', now, leaseMs }))
}

/** A run with files of these requests; returns the ids of their attempts. */
export async function runWith(
  store: Store,
  id: string,
  files: readonly (readonly NewRequest[])[],
  capMicroUsd: number | null = null,
): Promise<readonly number[]> {
  await store.startRun(newRun(id, capMicroUsd))
  const claim = await claimRun(store, id)
  for (const [n, requests] of files.entries()) await store.commitBuilt(claim, built(n, requests))
  await store.release(claim, null)
  return (await store.attempts(id)).map((attempt) => attempt.id)
}

/** A reservation for the suite of stores. */
export function reservation(runId: string, more: Partial<Reservation> = {}): Reservation {
  return {
    budgets: [{ key: `run:${runId}`, capMicroUsd: null }],
    amountMicroUsd: 500,
    quotaKey: `quota-${runId}`,
    tokens: 100,
    account: null,
    maxBatches: null,
    job: `job-${runId}`,
    now: 3_000,
    filename: 'file.jsonl',
    ...more,
  }
}

export function required<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('it is not there')
  return value
}

let names = 0

/** A name that no other test of the same state has. */
export function fresh(): string {
  names += 1
  return `r${process.pid}x${names}`
}

/** The outcome of one request, as the merger would commit it. */
export function answer(seq: number, outcome: MergedRequest['outcome']): MergedRequest {
  return {
    seq,
    outcome,
    reason: outcome === 'merged' ? null : 'why',
    answerFile: 'a',
    answerOffset: 0,
    answerLength: 1,
    inputTokens: 1,
    outputTokens: 1,
    costPicoUsd: 5,
    scorePermille: null,
  }
}
