/** How the cells of a file are told apart. */
export interface CsvDialect {
  readonly delimiter: string
  /** One character; null: the file quotes nothing. */
  readonly quote: string | null
  /** One character; what makes a quote inside of quotes part of the text. The quote itself where it is doubled. */
  readonly escape: string | null
  /** `cr`: a CR alone ends a record too. */
  readonly lineEnds: 'lf' | 'cr'
}

const [lf, cr] = [0x0a, 0x0d]

/**
 * The cells of one record, or where what stands there is not CSV: a quoted cell with something behind its closing quote.
 * An escape character counts before a quote and before itself, inside of quotes; elsewhere it is text.
 */
export function cellsOf(
  record: Buffer,
  { delimiter, quote, escape, lineEnds }: CsvDialect,
): readonly Buffer[] | { readonly column: number; readonly lines: number } {
  const [mark, guard] = [quote?.charCodeAt(0), escape?.charCodeAt(0)]
  const between = Buffer.from(delimiter)
  let [at, end] = [0, record.length]
  // Empty lines before the record, and its own end.
  while (at < end && (record[at] === lf || record[at] === cr)) at += 1
  if (record[end - 1] === lf) end -= 1
  if (record[end - 1] === cr && (end < record.length || lineEnds === 'cr')) end -= 1
  const isBetween = (): boolean =>
    record.compare(between, 0, between.length, at, Math.min(end, at + between.length)) === 0
  const cells: Buffer[] = []
  for (const start = at; ;) {
    if (record[at] === mark && at < end && mark !== undefined) {
      const bytes = Buffer.alloc(end - at)
      let length = 0
      for (at += 1; at < end; at += 1) {
        const [byte = 0, next] = [record[at], record[at + 1]]
        if (byte === guard && at + 1 < end && (next === mark || next === guard)) at += 1
        else if (byte === mark) break
        bytes[length++] = record[at] ?? 0
      }
      at += 1
      if (at < end && !isBetween())
        return { column: cells.length + 1, lines: linesIn(record.subarray(start, at), lineEnds) }
      cells.push(Buffer.from(bytes.subarray(0, length)))
    } else {
      const next = record.indexOf(between, at)
      const cellEnd = next < 0 || next > end ? end : next
      cells.push(record.subarray(at, cellEnd))
      at = cellEnd
    }
    if (at >= end) return cells
    at += between.length
  }
}

/** How many line ends there are. */
export function linesIn(bytes: Buffer, lineEnds: CsvDialect['lineEnds']): number {
  let count = 0
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) count += 1
  if (lineEnds === 'lf') return count
  for (let at = bytes.indexOf(cr); at >= 0; at = bytes.indexOf(cr, at + 1))
    if (bytes[at + 1] !== lf) count += 1
  return count
}

/** How the lines of a file end, by the first end that stands outside of quotes. */
export async function lineEndsOf(
  chunks: AsyncIterable<Buffer>,
  quote: string | null,
): Promise<CsvDialect['lineEnds']> {
  const mark = quote?.charCodeAt(0)
  let isQuoted = false
  let isAfterCr = false
  for await (const chunk of chunks) {
    for (const byte of chunk) {
      if (isAfterCr) return byte === lf ? 'lf' : 'cr'
      if (byte === mark) isQuoted = !isQuoted
      if (isQuoted) continue
      if (byte === lf) return 'lf'
      isAfterCr = byte === cr
    }
  }
  return isAfterCr ? 'cr' : 'lf'
}
