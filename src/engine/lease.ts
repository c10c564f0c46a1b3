import { OffpeakError } from '../domain/errors.ts'
import type { Claim, WorkItem } from '../ports/store/runs.ts'
import type { Flow } from './flow.ts'

/** What failed is not tried again at once. */
const afterFailureMs = 5_000

/** A claim that is kept alive while somebody works under it. */
export interface Lease {
  readonly claim: Claim
  readonly signal: AbortSignal
  /** Throws E_FENCED when the claim was lost, or its end is nearer than `roomMs`. */
  readonly check: (roomMs?: number) => void
}

/**
 * The result of work on a unit under a lease; null when another process holds it. What the work returns is when to look
 * again (milliseconds since the epoch, or null for never), and is written as the lease is given back.
 */
export async function withLease(
  flow: Flow,
  unit: WorkItem,
  signal: AbortSignal,
  work: (lease: Lease) => Promise<number | null>,
): Promise<{ readonly nextAt: number | null } | null> {
  const { store, clock, timings, holder } = flow
  const claim = await store.claim(unit, { holder, now: clock.now(), leaseMs: timings.leaseMs })
  if (!claim) return null
  // As the state has it: the answer to a claim can be late.
  let until = claim.heldUntil
  let lost = false
  const renew = async (wanted: number): Promise<void> => {
    try {
      if (await store.renew(claim, wanted)) until = wanted
      else lost = true
    } catch {
      // The state cannot be reached now; the lease runs on until its end, and the next renewal tries again.
    }
  }
  const renewal = setInterval(() => {
    const wanted = clock.now() + timings.leaseMs
    void renew(wanted)
  }, timings.leaseMs / 3)
  renewal.unref()
  const check = (roomMs = 0): void => {
    if (lost || clock.now() + roomMs > until) {
      throw new OffpeakError('E_FENCED', `the lease on ${unit.kind} ${unit.id} ran out`, { money: 'unknown' })
    }
  }
  try {
    const nextAt = await work({ claim, signal, check })
    await store.release(claim, nextAt)
    return { nextAt }
  } catch (thrown) {
    // Others need not wait for the lease to run out.
    const again = clock.now() + Math.min(afterFailureMs, timings.leaseMs)
    await store.release(claim, again).catch(() => void releaseBufferLater(flow, claim, again, until))
    throw thrown
  } finally {
    clearInterval(renewal)
  }
}

/** Pause between two tries, in milliseconds. */
const giveBackEveryMs = 1_000

/** Gives a unit back as soon as a state that is away lets us, unless its lease has run out by then; never rejects. */
async function releaseBufferLater(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  claim: Claim,
  nextAt: number,
  until: number,
): Promise<void> {
  while (clock.now() < until) {
    await clock.sleep(giveBackEveryMs)
    const isBack = await store.release(claim, nextAt).then(
      () => true,
      () => false,
    )
    if (isBack) return
  }
}
