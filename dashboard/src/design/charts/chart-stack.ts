/** Puts series on top of each other: each gets the sum of itself and all before it; a gap counts as nothing. */
export function stacked(series: readonly (readonly (number | null)[])[]): readonly (readonly number[])[] {
  const sums: number[][] = []
  for (const values of series) {
    const below = sums.at(-1)
    sums.push(values.map((value, at) => (value ?? 0) + (below?.[at] ?? 0)))
  }
  return sums
}

/** At most so many of the values, with the first and the last. */
export function thinned<Value>(values: readonly Value[], atMost: number): readonly Value[] {
  if (values.length <= atMost) return values
  const step = (values.length - 1) / (atMost - 1)
  return Array.from({ length: atMost }, (_, at) => values[Math.round(at * step)]).filter(
    (value) => value !== undefined,
  )
}
