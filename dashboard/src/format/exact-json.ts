/**
 * Parses JSON, with whole numbers that a number does not hold as their text, as the server reads them. Throws a
 * SyntaxError for what is no JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text, (_, item: unknown, written?: { readonly source?: string }) =>
    typeof item === 'number' && written?.source !== undefined ? exactNumber(written.source) : item,
  )
  return value
}

/** A number, or its text where it is written out and a number would lose a digit of it, or is beyond all numbers. */
export function exactNumber(text: string): number | string {
  const value = Number(text)
  const isHeld = /e/i.test(text) ? Number.isFinite(value) : Math.abs(value) <= Number.MAX_SAFE_INTEGER
  return isHeld ? value : text
}
