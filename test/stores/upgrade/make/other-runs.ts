import type { DeliveryMode } from '../../../../src/domain/delivery-mode.ts'
import { type Outcome, type OutcomeCounts, addCounts } from '../../../../src/domain/outcome.ts'
import { type RunSpec, specOf } from '../../../../src/engine/spec.ts'
import type { RunRow } from '../../../../src/ports/state.ts'
import type { Built, NewRequest } from '../../../../src/ports/store/requests.ts'
import type { Claim } from '../../../../src/ports/store/runs.ts'
import { newRequest, required } from '../../../../src/testing/stores/fixtures.ts'
import type { Hand } from './attempt-path.ts'

/** A run made by the ports of the store, like another one in what its job is, with files of so many requests each. */
export interface MadeRun {
  readonly id: string
  readonly job: string
  /** The ids of the first attempts, one for each file. */
  readonly attempts: readonly number[]
}

export interface RunRequest {
  readonly job: string
  readonly files: readonly number[]
  readonly deliveryMode?: DeliveryMode
  readonly spec?: Partial<RunSpec>
  readonly hold?: boolean
  /** Whether the source is read to its end. */
  readonly sourceDone?: boolean
  /** What is not sent: records folded into the first request, and such as never came into a file. */
  readonly extra?: (nextSeq: number) => readonly NewRequest[]
  readonly request?: Partial<NewRequest>
  readonly parts?: number
}

export async function makeRun(hand: Hand, like: RunRow, wish: RunRequest): Promise<MadeRun> {
  const { store, fixed } = hand
  const { job, files, deliveryMode = 'batch', hold = false, sourceDone = true, extra, parts } = wish
  const id = fixed.random.id(6)
  fixed.pass(60)
  const spec: RunSpec = { ...specOf(like), job, deliveryMode, ...wish.spec }
  const { shared, payer, capMicroUsd } = spec
  await store.startRun({
    id,
    job,
    spec: JSON.stringify(spec),
    plan: null,
    provider: spec.provider,
    account: 'host/key',
    isSimulated: false,
    maySend: 'all',
    hold,
    now: hand.now,
    budgets: [
      { key: `run:${id}`, capMicroUsd },
      ...[shared, payer].flatMap((budget) => (budget === null ? [] : [budget])),
    ],
  })
  await underRun(hand, id, async (claim) => {
    let nextSeq = 0
    for (const [n, requests] of files.entries()) {
      const sent = Array.from({ length: requests }, (_request, line) =>
        newRequest(nextSeq + line, n, {
          key:
            parts === undefined
              ? `${job}-${nextSeq + line}`
              : `${job}-${Math.floor((nextSeq + line) / parts)}\u001f${(nextSeq + line) % parts}`,
          fingerprint: `${job}-print-${nextSeq + line}`,
          line,
          fileOffset: line * 300,
          fileLength: 299,
          ...(parts === undefined
            ? {}
            : {
                partOf: `${job}-${Math.floor((nextSeq + line) / parts)}`,
                partIndex: (nextSeq + line) % parts,
                parts,
              }),
        }),
      )
      const more = n === 0 ? (extra?.(nextSeq + requests) ?? []) : []
      nextSeq += requests + more.length
      const isLast = n === files.length - 1
      await store.commitBuilt(
        claim,
        fileOf(hand, id, {
          n,
          deliveryMode,
          requests,
          all: [...sent, ...more],
          nextSeq,
          sourceDone: isLast && sourceDone,
        }),
      )
    }
  })
  return { id, job, attempts: (await store.attempts(id)).map((attempt) => attempt.id) }
}

/** Does something under a claim of the run, and gives it back. */
export async function underRun(
  hand: Hand,
  id: string,
  work: (claim: Claim) => Promise<unknown>,
): Promise<void> {
  hand.fixed.pass(1)
  const claim = required(
    await hand.store.claim({ kind: 'run', id }, { holder: 'fixture/0-0/1', now: hand.now, leaseMs: 90_000 }),
  )
  await work(claim)
  await hand.store.release(claim, (await hand.store.run(id))?.liveKey === null ? null : hand.now + 15_000)
}

function fileOf(
  hand: Hand,
  runId: string,
  file: {
    readonly n: number
    readonly deliveryMode: DeliveryMode
    readonly requests: number
    readonly all: readonly NewRequest[]
    readonly nextSeq: number
    readonly sourceDone: boolean
  },
): Built {
  const tag = `${runId}${hand.fixed.random.id(10)}`
  const unsent = file.all.filter(({ outcome }) => outcome !== 'pending')
  return {
    batch: {
      n: file.n,
      round: 0,
      deliveryMode: file.deliveryMode,
      tag,
      bytes: file.requests * 300,
      requests: file.requests,
      snapshot: null,
      maxTokens: file.requests * 350,
      maxCostMicroUsd: file.requests * 40,
    },
    requests: file.all,
    kept: [],
    tag,
    nonce: hand.fixed.random.id(16),
    now: hand.now,
    run: {
      sourceCursor: JSON.stringify({ at: file.nextSeq }),
      sourceDone: file.sourceDone ? 1 : 0,
      sourceMark: null,
      nextSeq: file.nextSeq,
      nextBatch: file.n + 1,
      selected: file.nextSeq,
      unchanged: 0,
      folded: file.all.filter(({ deduplicatedInto }) => deduplicatedInto !== null).length,
      unsent: JSON.stringify(countOf(unsent.map(({ outcome }) => outcome))),
    },
  }
}

export function countOf(outcomes: readonly Outcome[]): OutcomeCounts {
  return outcomes.reduce<OutcomeCounts>((sum, outcome) => addCounts(sum, { [outcome]: 1 }), {})
}
