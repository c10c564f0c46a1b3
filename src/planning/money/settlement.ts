/** Known costs of a batch, in pico-dollars. */
export interface KnownCosts {
  /** Of its answers, line by line; estimates included. */
  readonly linesPicoUsd: number
  /** Of lines that belong to no request, or to one that another line has answered. */
  readonly strayPicoUsd: number
  /** Of lines that repeat another one byte for byte. */
  readonly repeatedPicoUsd: number
  /** Part of the two above: what is taken for lines of unknown usage beyond what they tell; 0 where there is an own sum. */
  readonly untoldPicoUsd: number
  /** Part of `linesPicoUsd`: answers whose usage is not known, each at the highest cost it can have had. */
  readonly estimatedPicoUsd: number
  readonly estimatedLines: number
  /** The highest cost of requests that may have been answered and whose answers are not at hand. */
  readonly heldPicoUsd: number
  readonly heldLines: number
  /** The provider's own sum for the whole batch; 0: it names none. */
  readonly ownPicoUsd: number
  readonly reservedPicoUsd: number
}

export interface Settlement {
  readonly amountPicoUsd: number
  /** Part of the amount: for answers that are not at hand. */
  readonly possiblyPaidPicoUsd: number
  /** What each answer of unknown usage is taken to have cost; null: as it was estimated. */
  readonly estimatePicoUsd: number | null
  /** So much less is taken for lines of unknown usage that are not used: they have no part in what was reserved. */
  readonly unbookedPicoUsd: number
  /** Whether the provider's own sum decided. */
  readonly isOwnSum: boolean
}

/**
 * Settled cost of a batch: the larger of the sum of its lines and the provider's own sum. Unknown usage is never taken
 * for none: it is a part of what the own sum leaves over, else the highest that it can be, which is a part of what was
 * reserved. Only what is told can come to more than the reservation.
 */
export function settlement(known: KnownCosts): Settlement {
  const { ownPicoUsd, estimatedLines, heldLines } = known
  // Where the provider sums up, a line that was written twice was not bought twice.
  const repeated = ownPicoUsd > 0 ? 0 : known.repeatedPicoUsd
  const told = known.linesPicoUsd - known.estimatedPicoUsd + known.strayPicoUsd + repeated
  const rest = ownPicoUsd - told
  const isDivided = ownPicoUsd > 0 && estimatedLines > 0 && rest >= 0
  const estimatePicoUsd = isDivided ? Math.ceil(rest / (estimatedLines + heldLines)) : null
  const lines = told + (estimatePicoUsd === null ? known.estimatedPicoUsd : estimatePicoUsd * estimatedLines)
  if (ownPicoUsd > lines)
    return {
      amountPicoUsd: ownPicoUsd,
      possiblyPaidPicoUsd: heldLines > 0 ? ownPicoUsd - lines : 0,
      estimatePicoUsd,
      unbookedPicoUsd: 0,
      isOwnSum: true,
    }
  const booked = lines - known.untoldPicoUsd
  const room = Math.max(0, known.reservedPicoUsd - booked)
  const untold = Math.min(known.untoldPicoUsd, room)
  const held = Math.min(known.heldPicoUsd, room - untold)
  return {
    amountPicoUsd: booked + untold + held,
    possiblyPaidPicoUsd: held,
    estimatePicoUsd,
    unbookedPicoUsd: known.untoldPicoUsd - untold,
    isOwnSum: false,
  }
}
