/** Room for batches that an account is known to have. */
export interface AccountRoom {
  /** Enqueued tokens; null: no limit is known. */
  readonly limitTokens: number | null
  readonly usedTokens: number
  /** Batches that may be at work; null: no limit. */
  readonly maxBatches: number | null
  readonly usedBatches: number
  /** It takes nothing before that time (milliseconds since the epoch). */
  readonly notBefore: number
}

/**
 * The accounts that a file of so many tokens may go to now, by their places in the list: the one with the most free room
 * comes first, of equal ones the one with the fewest batches, then the one that is listed first. An account of which no
 * limit is known is taken to have the largest one that is known of another, but is never full.
 */
export function accountsWithRoom(
  accounts: readonly AccountRoom[],
  tokens: number,
  now: number,
): readonly number[] {
  const supposed = Math.max(0, ...accounts.map(({ limitTokens }) => limitTokens ?? 0))
  const free = ({ limitTokens, usedTokens }: AccountRoom): number => (limitTokens ?? supposed) - usedTokens
  return accounts
    .map((account, at) => ({ account, at }))
    .filter(({ account }) => account.notBefore <= now && fullness(account, tokens) === null)
    .toSorted(
      (one, other) =>
        free(other.account) - free(one.account) ||
        one.account.usedBatches - other.account.usedBatches ||
        one.at - other.at,
    )
    .map(({ at }) => at)
}

/**
 * The limit that is short where no account has room: of the account that can take the file soonest, or the largest if
 * none ever can.
 */
export interface RoomShortage {
  readonly short: 'tokens' | 'batches'
  readonly at: number
  readonly limit: number
  readonly used: number
}

/** Null: an account has room, or will have without anybody giving back (`notBefore`). */
export function roomShortage(accounts: readonly AccountRoom[], tokens: number): RoomShortage | null {
  const full = accounts.map((account, at) => ({ ...account, at, short: fullness(account, tokens) }))
  if (full.some(({ short }) => short === null)) return null
  const fitting = full.filter(({ limitTokens }) => (limitTokens ?? Infinity) >= tokens)
  const [best] = (fitting.length > 0 ? fitting : full).toSorted(
    (one, other) =>
      (other.limitTokens ?? Infinity) - other.usedTokens - ((one.limitTokens ?? Infinity) - one.usedTokens) ||
      (other.limitTokens ?? Infinity) - (one.limitTokens ?? Infinity) ||
      one.at - other.at,
  )
  if (best === undefined) return null
  const { at, short, limitTokens, usedTokens, maxBatches, usedBatches } = best
  return short === 'batches'
    ? { short, at, limit: maxBatches ?? 0, used: usedBatches }
    : { short: 'tokens', at, limit: limitTokens ?? 0, used: usedTokens }
}

function fullness(
  { limitTokens, usedTokens, maxBatches, usedBatches }: AccountRoom,
  tokens: number,
): 'tokens' | 'batches' | null {
  if (limitTokens !== null && usedTokens + tokens > limitTokens) return 'tokens'
  return maxBatches !== null && usedBatches >= maxBatches ? 'batches' : null
}
