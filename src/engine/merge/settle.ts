import { z } from 'zod'
import { costOfManyPicoUsd, microFromPico } from '../../domain/money.ts'
import { formatUsd } from '../../wording/amount.ts'
import type { Usage } from '../../domain/request.ts'
import type { Sums } from '../../domain/sums.ts'
import { settlement, type Settlement } from '../../planning/money/settlement.ts'
import type { AttemptRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Step } from '../step/step.ts'

const storedUsage = z.object({
  inputTokens: z.number(),
  cachedTokens: z.number(),
  cacheWriteTokens: z.number().exactOptional(),
  longCacheWriteTokens: z.number().exactOptional(),
  outputTokens: z.number(),
})

/** The tokens of a whole batch as its service counts them; null: it does not say. */
export function batchUsage({ remoteUsage }: Pick<AttemptRow, 'remoteUsage'>): Usage | null {
  return remoteUsage === null ? null : storedUsage.parse(JSON.parse(remoteUsage))
}

/**
 * The settlement of a batch, once its answers are read: `usage` is what they have cost. What may be paid for missing
 * ones counts as spent.
 */
export async function settle({ flow, lease, attempt, spec }: Step, usage: Sums): Promise<void> {
  const { store, clock, reach } = flow
  const own = batchUsage(attempt)
  // What was asked one by one has noted its unknown calls itself.
  const unsureMicroUsd = attempt.providerBatchId === null ? attempt.possiblyPaidMicroUsd : 0
  const settled = settlement({
    ...sumsOf(usage),
    ownPicoUsd: own === null || spec.price === null ? 0 : costOfManyPicoUsd(spec.price, own),
    reservedPicoUsd: Math.max(0, attempt.reservedMicroUsd - unsureMicroUsd) * 1e6,
  })
  const possiblyPaidMicroUsd = microFromPico(settled.possiblyPaidPicoUsd) + unsureMicroUsd
  const amountMicroUsd = microFromPico(settled.amountPicoUsd) + unsureMicroUsd
  await withCrashPoints(reach, 'merge.settle.commit', () =>
    store.settle(lease.claim, {
      amountMicroUsd,
      possiblyPaidMicroUsd,
      estimatePicoUsd: settled.estimatePicoUsd,
      unbookedPicoUsd: settled.unbookedPicoUsd,
      now: clock.now(),
      note: noteOf(amountMicroUsd, possiblyPaidMicroUsd, attempt, settled),
      to: 'merged',
    }),
  )
}

function sumsOf(
  sums: Sums,
): Pick<
  Parameters<typeof settlement>[0],
  | 'linesPicoUsd'
  | 'strayPicoUsd'
  | 'repeatedPicoUsd'
  | 'untoldPicoUsd'
  | 'estimatedPicoUsd'
  | 'estimatedLines'
  | 'heldPicoUsd'
  | 'heldLines'
> {
  const at = (name: string): number => sums[name] ?? 0
  return {
    linesPicoUsd: at('costPicoUsd'),
    strayPicoUsd: at('strayPicoUsd'),
    repeatedPicoUsd: at('repeatedPicoUsd'),
    untoldPicoUsd: at('untoldPicoUsd'),
    estimatedPicoUsd: at('estimatedPicoUsd'),
    estimatedLines: at('estimatedLines'),
    heldPicoUsd: at('heldPicoUsd'),
    heldLines: at('heldLines'),
  }
}

function noteOf(
  amountMicroUsd: number,
  possiblyPaidMicroUsd: number,
  { reservedMicroUsd }: AttemptRow,
  { isOwnSum }: Settlement,
): string | null {
  if (possiblyPaidMicroUsd > 0)
    return `${formatUsd(possiblyPaidMicroUsd)} of it possibly paid, for answers that are not at hand`
  if (amountMicroUsd > reservedMicroUsd) return 'more than was reserved'
  return isOwnSum ? "by the provider's own sum, which is more than its lines tell" : null
}
