/**
 * Amounts as whole numbers that add up to their rounded sum: each is rounded down, and what is left goes to those with
 * the largest remainders. The amounts are 0 or more.
 */
export function apportion(amounts: readonly number[]): readonly number[] {
  const parts = amounts.map(Math.floor)
  const total = Math.round(amounts.reduce((sum, amount) => sum + amount, 0))
  const left = total - parts.reduce((sum, part) => sum + part, 0)
  const byRemainder = amounts
    .map((amount, at) => ({ at, remainder: amount - Math.floor(amount) }))
    .toSorted((one, other) => other.remainder - one.remainder)
  for (const { at } of byRemainder.slice(0, Math.max(0, left))) parts[at] = (parts[at] ?? 0) + 1
  return parts
}
