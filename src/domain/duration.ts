const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Reads a duration as people write it (`90s`, `6h`, `30d`) into milliseconds; null when it is none. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim())
  const unit = unitsMs[match?.[2] ?? '']
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : null
}
