/** Numbers under each other with as many decimals each: `$0.10`, `$0.0500`, `$0.00` become `$0.10`, `$0.05`, `$0.00`. */
export function alike(texts: readonly string[]): string[] {
  const parts = texts.map((text) => /^(.*\d)\.(\d+)$/.exec(text))
  if (parts.some((part) => part === null)) return [...texts]
  const decimals = parts.map((part) => part?.[2] ?? '')
  const needed = Math.max(2, ...decimals.map((digits) => digits.replace(/0+$/, '').length))
  return parts.map((part, at) => `${part?.[1]}.${(decimals[at] ?? '').slice(0, needed).padEnd(needed, '0')}`)
}
