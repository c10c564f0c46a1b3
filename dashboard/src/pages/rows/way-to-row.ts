import { cursorAfter, PageRun } from './page-run.ts'

/** What is read next to come to a row: what follows a stretch, what goes before it, or where a new one begins. */
export interface Way {
  readonly to: 'end' | 'front' | 'new'
  readonly pageRun: PageRun
  readonly cursor: string | null
  /** How far back the stretch reached then. */
  readonly from: number
  /** The place of the run after which it is read. */
  readonly reach: number
  readonly limit: number
  /** So far away that its rows are not kept. */
  readonly far: boolean
}

export interface Ground {
  readonly head: PageRun
  readonly island: PageRun | null
  readonly size: number
  readonly total: number | null
  /** How many rows the run has in all, whatever matches; null: the list is not in the order of the run. */
  readonly span: number | null
}

/** The most that one page may have. */
const mostRows = 500
/** What lies so many pages beyond the end of a stretch is gone to through them. */
const nearPages = 3

/**
 * The way to a row of a filtered list that has no place yet. One that is near is gone to from what is known. One that
 * is far is looked for where it should lie when what matches is spread evenly over the run, where there is an order to
 * guess by; else it is gone to with long strides.
 */
export function nextWay(index: number, ground: Ground): Way | null {
  const { head, island, size, total, span } = ground
  const near = nearPages * size
  if (!head.ended && index - head.to < near) return onwards(head, size, false)
  if (island !== null) {
    if (index >= island.to && index - island.to < near && !island.ended) return onwards(island, size, false)
    if (index < island.from && island.from - index <= near && island.reach >= 0)
      return backwards(island, ground)
  }
  if (head.ended) return null
  if (total === null || span === null || total < near || index >= total) return onwards(head, mostRows, true)
  return afresh(index, { size, total, span })
}

function onwards(pageRun: PageRun, limit: number, far: boolean): Way {
  return { to: 'end', pageRun, cursor: pageRun.next, from: pageRun.reach, reach: pageRun.reach, limit, far }
}

/** What goes before is read from a place of the run from which a page or two should lead to it. */
function backwards(pageRun: PageRun, { size, total, span }: Ground): Way {
  const usual = span === null || total === null || total === 0 ? size : (size * span) / total
  const reach = Math.max(-1, pageRun.reach - Math.ceil(usual * pageRun.stride))
  return {
    to: 'front',
    pageRun,
    cursor: cursorAfter(reach),
    from: pageRun.reach,
    reach,
    limit: mostRows,
    far: false,
  }
}

function afresh(
  index: number,
  { size, total, span }: { readonly size: number; readonly total: number; readonly span: number },
): Way {
  // The end is looked for a little before, so that one page has all of it.
  const fromEnd = total - index <= size
  const base = Math.max(0, fromEnd ? total - 2 * size : index - Math.floor(size / 2))
  const reach = Math.floor((base / total) * span) - 1
  const pageRun = new PageRun({ base, exact: reach < 0, reach })
  return { to: 'new', pageRun, cursor: cursorAfter(reach), from: reach, reach, limit: mostRows, far: false }
}
