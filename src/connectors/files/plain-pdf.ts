/**
 * The page count of a PDF of the plain kind, as scanners write it: one cross-reference table, nothing packed, nothing
 * appended, nothing encrypted. Null for every other file, also for one that is wrong anywhere on the way: a real parser
 * must look at those. A hundred times as fast as parsing the whole.
 */
export function plainPageCount(bytes: Buffer): number | null {
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - tailBytes))
  const start = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(tail)?.[1]
  if (start === undefined || bytes.toString('latin1', 0, 5) !== '%PDF-') return null
  const table = readTable(bytes, Number(start))
  if (table === null) return null
  const root = /\/Root\s+(\d+)\s+\d+\s+R/.exec(table.trailer)?.[1]
  const catalog = objectText(bytes, table.offsets, root)
  if (catalog === null || !/\/Type\s*\/Catalog\b/.test(catalog)) return null
  const tree = objectText(bytes, table.offsets, only(catalog, /\/Pages\s+(\d+)\s+\d+\s+R/g))
  if (tree === null || !/\/Type\s*\/Pages\b/.test(tree)) return null
  const count = Number(only(tree, /\/Count\s+(\d+)/g))
  return Number.isSafeInteger(count) && count > 0 ? count : null
}

const tailBytes = 1_024
const entryBytes = 20
/** No page tree of a million pages has a longer root. */
const mostObjectBytes = 16 * 1024 * 1024

interface Table {
  readonly offsets: ReadonlyMap<number, number>
  readonly trailer: string
}

function readTable(bytes: Buffer, start: number): Table | null {
  if (bytes.toString('latin1', start, start + 4) !== 'xref') return null
  const offsets = new Map<number, number>()
  for (let at = start + 4; ;) {
    const head = bytes.toString('latin1', at, at + 40)
    const section = /^\s*(\d+)\s+(\d+)[ \t]*(?:\r\n|\r|\n)/.exec(head)
    if (!section) {
      const trailer = bytes.toString('latin1', at, bytes.indexOf('startxref', at))
      const isPlain = /^\s*trailer\b/.test(trailer) && !/\/(?:Encrypt|Prev|XRefStm)\b/.test(trailer)
      return isPlain ? { offsets, trailer } : null
    }
    at += section[0].length
    const [first, count] = [Number(section[1]), Number(section[2])]
    if (at + count * entryBytes > bytes.length) return null
    for (let n = 0; n < count; n++, at += entryBytes) {
      if (bytes[at + 17] === 0x6e) offsets.set(first + n, Number(bytes.toString('latin1', at, at + 10)))
    }
  }
}

/** The text of an object, without the streams that none of those looked at has. */
function objectText(
  bytes: Buffer,
  offsets: ReadonlyMap<number, number>,
  id: string | null | undefined,
): string | null {
  const at = id === null || id === undefined ? undefined : offsets.get(Number(id))
  if (at === undefined) return null
  const end = bytes.indexOf('endobj', at)
  if (end === -1 || end - at > mostObjectBytes) return null
  const text = bytes.toString('latin1', at, end)
  const head = /^\s*(\d+)\s+\d+\s+obj\b/.exec(text)
  return head !== null && head[1] === id ? text.slice(head[0].length) : null
}

/** What a pattern finds when it finds exactly one. */
function only(text: string, pattern: RegExp): string | null {
  const found = [...text.matchAll(pattern)]
  return found.length === 1 ? (found[0]?.[1] ?? null) : null
}
