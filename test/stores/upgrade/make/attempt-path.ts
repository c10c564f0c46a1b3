import type { AttemptState } from '../../../../src/domain/attempt.ts'
import { budgetsOf, specOf } from '../../../../src/engine/spec.ts'
import type { AttemptRow } from '../../../../src/ports/state.ts'
import type { Store } from '../../../../src/ports/store.ts'
import type { Claim } from '../../../../src/ports/store/runs.ts'
import { required } from '../../../../src/testing/stores/fixtures.ts'
import type { Fixed } from './live-run.ts'

/** Works on attempts as the engine would, by the ports of the store, without a provider. */
export class Hand {
  readonly store: Store
  readonly fixed: Fixed

  constructor(store: Store, fixed: Fixed) {
    this.store = store
    this.fixed = fixed
  }

  get now(): number {
    return this.fixed.clock.now()
  }

  /** Does something under a claim of the attempt, and gives it back. */
  async under(id: number, work: (claim: Claim) => Promise<unknown>): Promise<void> {
    this.fixed.pass(1)
    const claim = required(
      await this.store.claim(
        { kind: 'attempt', id },
        { holder: 'fixture/0-0/1', now: this.now, leaseMs: 90_000 },
      ),
    )
    await work(claim)
    const { state } = required(await this.store.attempt(id))
    const isOver = state === 'merged' || state === 'void' || state === 'fenced'
    await this.store.release(claim, isOver ? null : this.now + 30_000)
  }

  move(id: number, to: AttemptState, changes: Partial<AttemptRow> = {}): Promise<void> {
    return this.under(id, (claim) => this.store.move(claim, to, changes))
  }

  async reserve(id: number): Promise<void> {
    const attempt = required(await this.store.attempt(id))
    const run = required(await this.store.run(attempt.runId))
    const batch = required(await this.store.batch(attempt.runId, attempt.batchN))
    const spec = specOf(run)
    await this.under(id, async (claim) => {
      const got = await this.store.reserve(claim, {
        budgets: budgetsOf(run, spec, this.now),
        amountMicroUsd: batch.maxCostMicroUsd,
        quotaKey: spec.quotaKey,
        tokens: batch.deliveryMode === 'batch' ? batch.maxTokens : 0,
        job: run.job,
        now: this.now,
        filename: `offpeak-${this.store.projectId}-${run.id}-${batch.n}-a${attempt.n}-${attempt.nonce}.jsonl`,
      })
      if (got !== 'reserved') throw new Error(`attempt ${id} is short of ${got.short}`)
    })
  }

  async uploaded(id: number): Promise<void> {
    await this.reserve(id)
    await this.move(id, 'uploading')
    await this.move(id, 'uploaded', { staged: `file-of-${id}` })
  }

  async creating(id: number): Promise<void> {
    await this.uploaded(id)
    await this.move(id, 'creating', { triedAt: this.now + 1_000 })
  }

  async doubted(id: number): Promise<void> {
    await this.creating(id)
    await this.move(id, 'in_doubt', { reason: 'the answer to the create was lost: socket hang up' })
  }

  /** Its input file is deleted, and another attempt has taken its place; returns that one's id. */
  async fenced(id: number): Promise<number> {
    await this.doubted(id)
    await this.under(id, (claim) => this.store.saveAttempt(claim, { withdrawnAt: this.now }))
    await this.under(id, (claim) =>
      this.store.replaceAttempt(claim, { nonce: this.fixed.random.id(16), now: this.now }),
    )
    const { runId, batchN } = required(await this.store.attempt(id))
    const attempts = await this.store.attempts(runId)
    return required(attempts.findLast((other) => other.batchN === batchN)).id
  }

  async created(id: number): Promise<void> {
    await this.creating(id)
    const { nonce } = required(await this.store.attempt(id))
    await this.under(id, () =>
      this.store.recordCreated(id, nonce, {
        providerBatchId: `batch_of_${id}`,
        account: 'api.example/1',
        expiresAt: this.now + 86_400_000,
        nextAt: null,
      }),
    )
  }

  /** At the provider, so many of its lines done. */
  async running(
    id: number,
    to: 'validating' | 'in_progress' | 'finalizing' | 'cancelling',
    done = 0,
  ): Promise<void> {
    await this.created(id)
    const attempt = required(await this.store.attempt(id))
    const { requests } = required(await this.store.batch(attempt.runId, attempt.batchN))
    await this.move(id, to, { remoteTotal: requests, remoteCompleted: done })
  }

  /** The provider has done with it, and its tokens are free; its files are still there. */
  async ended(
    id: number,
    to: 'completed' | 'failed' | 'expired' | 'cancelled' | 'lost',
    changes: Partial<AttemptRow> = {},
  ): Promise<void> {
    await this.running(id, 'in_progress')
    const files = to === 'completed' || to === 'expired' || to === 'cancelled'
    await this.move(id, to, { outputPart: files ? `file-of-${id}-output` : null, ...changes })
    await this.under(id, (claim) => this.store.freeTokens(claim))
  }

  async collected(
    id: number,
    from: 'completed' | 'expired' | 'cancelled' | 'lost',
    outputBytes = 4_000,
  ): Promise<void> {
    await this.ended(id, from)
    await this.move(id, 'collected', { outputBytes, collectedAt: this.now, reason: from })
  }

  /** Sent one by one instead of as a batch. */
  async asking(id: number): Promise<void> {
    await this.reserve(id)
    await this.move(id, 'asking')
  }

  async dropped(id: number, reason: string, again: boolean): Promise<void> {
    await this.under(id, (claim) =>
      this.store.voidAttempt(claim, {
        reason,
        now: this.now,
        again: again ? { nonce: this.fixed.random.id(16), nextAt: this.now + 5_000 } : null,
        outcome: again ? null : { outcome: 'cancelled', reason },
      }),
    )
  }
}
