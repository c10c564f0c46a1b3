/**
 * The page count of a PDF of the plain kind, as scanners write it: one cross-reference table, nothing packed, nothing
 * appended, nothing encrypted. The pages are counted in the tree itself; the numbers that a file tells of itself are not
 * believed. Null for every other file, also for one that is wrong anywhere on the way: a real parser must look at
 * those. A hundred times as fast as parsing the whole, and never more than a few readings of the file.
 */
export function plainPageCount(bytes: Buffer): number | null {
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - tailBytes))
  const start = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(tail)?.[1]
  if (start === undefined || bytes.toString('latin1', 0, 5) !== '%PDF-') return null
  const table = readTable(bytes, Number(start))
  if (table === null) return null
  const objects = new Objects(bytes, table.offsets)
  const catalog = objects.text(Number(/\/Root\s+(\d+)\s+\d+\s+R/.exec(table.trailer)?.[1]))
  if (catalog === null || !/\/Type\s*\/Catalog\b/.test(catalog)) return null
  const root = only(catalog, /\/Pages\s+(\d+)\s+\d+\s+R/g)
  return root === null ? null : countLeaves(objects, Number(root))
}

const tailBytes = 1_024
const entryBytes = 20
/** No page tree of a million pages has a longer root. */
const mostObjectBytes = 16 * 1024 * 1024
/** Larger tables, and those in more pieces, are left to a real parser, whose memory and time are watched. */
const mostEntries = 1_000_000
const mostSections = 10_000

interface Table {
  readonly offsets: ReadonlyMap<number, number>
  readonly trailer: string
}

function readTable(bytes: Buffer, start: number): Table | null {
  if (bytes.toString('latin1', start, start + 4) !== 'xref') return null
  const offsets = new Map<number, number>()
  let at = start + 4
  for (let sections = 0; sections < mostSections; sections++) {
    const head = bytes.toString('latin1', at, at + 40)
    const section = /^\s*(\d+)\s+(\d+)[ \t]*(?:\r\n|\r|\n)/.exec(head)
    if (!section) {
      const trailer = bytes.toString('latin1', at, bytes.indexOf('startxref', at))
      const isPlain = /^\s*trailer\b/.test(trailer) && !/\/(?:Encrypt|Prev|XRefStm)\b/.test(trailer)
      return isPlain ? { offsets, trailer } : null
    }
    at += section[0].length
    const [first, count] = [Number(section[1]), Number(section[2])]
    if (at + count * entryBytes > bytes.length || offsets.size + count > mostEntries) return null
    for (let n = 0; n < count; n++, at += entryBytes) {
      if (bytes[at + 17] === 0x6e) offsets.set(first + n, Number(bytes.toString('latin1', at, at + 10)))
    }
  }
  return null
}

/** The objects of a file, each read once at most. */
class Objects {
  readonly #bytes: Buffer
  readonly #offsets: Map<number, number>
  /** Objects may be made to overlap: in all, no more than the file has is read. */
  #left: number

  constructor(bytes: Buffer, offsets: ReadonlyMap<number, number>) {
    this.#bytes = bytes
    this.#offsets = new Map(offsets)
    this.#left = bytes.length
  }

  /** The text of an object; null for one that is not there, is asked for again, or may mean another thing than it seems to. */
  text(id: number): string | null {
    const at = this.#offsets.get(id)
    this.#offsets.delete(id)
    if (at === undefined) return null
    const end = this.#bytes.indexOf('endobj', at)
    this.#left -= end - at
    if (end === -1 || end - at > mostObjectBytes || this.#left < 0) return null
    const text = this.#bytes.toString('latin1', at, end)
    const head = /^\s*(\d+)\s+\d+\s+obj\b/.exec(text)
    // A comment can hide what a pattern finds.
    return Number(head?.[1]) === id && !text.includes('%') ? text.slice(head?.[0].length) : null
  }
}

/** How many pages hang on a node of the page tree. */
function countLeaves(objects: Objects, root: number): number | null {
  const nodes = [root]
  let pages = 0
  for (let id = nodes.pop(); id !== undefined; id = nodes.pop()) {
    const text = objects.text(id)
    if (text === null) return null
    if (/\/Type\s*\/Page\b/.test(text) && !/\/(?:Kids|Pages)\b/.test(text)) pages += 1
    else {
      const kids = /\/Type\s*\/Pages\b/.test(text) ? only(text, /\/Kids\s*\[([^\]]*)\]/g) : null
      const ids = kids === null ? null : references(kids)
      if (ids === null) return null
      for (const kid of ids) nodes.push(kid)
    }
  }
  return pages > 0 ? pages : null
}

/** The numbers of the objects in a list of references; null when there is anything else in it. */
function references(list: string): readonly number[] | null {
  if (!/^\s*(?:\d+\s+\d+\s+R\s*)*$/.test(list)) return null
  return Array.from(list.matchAll(/(\d+)\s+\d+\s+R/g), ([, id]) => Number(id))
}

/** What a pattern finds when it finds exactly one. */
function only(text: string, pattern: RegExp): string | null {
  const found = [...text.matchAll(pattern)]
  return found.length === 1 ? (found[0]?.[1] ?? null) : null
}
