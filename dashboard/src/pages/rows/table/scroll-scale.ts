/** Browsers draw nothing that is taller than some 16 million pixels. */
export const tallest = 12_000_000

/** How tall a list is in truth, as it is drawn, and what of it is in sight. */
export interface ScrollSize {
  readonly whole: number
  readonly view: number
}

/** How tall a list is drawn. */
export function drawnHeight({ whole }: ScrollSize): number {
  return Math.min(whole, tallest)
}

/**
 * Where a list is after its bar has moved from one place to another. A small step is a step; a long one goes to that
 * share of the list, so that both ends are reached and the wheel does not leap.
 */
export function afterScroll(
  size: ScrollSize,
  before: { readonly bar: number; readonly top: number },
  bar: number,
): number {
  if (size.whole <= tallest) return bar
  const end = size.whole - size.view
  const barEnd = tallest - size.view
  const step = bar - before.bar
  if (bar <= 0) return 0
  if (bar >= barEnd - 1) return end
  const top = Math.abs(step) <= 2 * size.view ? before.top + step : (bar / barEnd) * end
  return Math.max(0, Math.min(end, top))
}

/** Where the bar belongs when the list is at `top`. */
export function barAt(size: ScrollSize, top: number): number {
  if (size.whole <= tallest) return top
  return (top / (size.whole - size.view)) * (tallest - size.view)
}
