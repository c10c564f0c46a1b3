import { countOf, type Search, textOf } from '../../shell/search.ts'

/** Which records of a run are looked at, and in which order. */
export interface RowsSearch {
  /** Names of outcomes, with commas between. */
  readonly outcome?: string | undefined
  readonly reason?: string | undefined
  /** How the key begins. */
  readonly q?: string | undefined
  readonly batch?: number | undefined
  /** What the answer has in it. */
  readonly answer?: string | undefined
  /** A field, with `-` before it for the highest first. */
  readonly sort?: string | undefined
}

/** What an address says of it. */
export function readRows(search: Search): RowsSearch {
  return {
    outcome: textOf(search['outcome']),
    reason: textOf(search['reason']),
    q: textOf(search['q']),
    batch: countOf(search['batch']),
    answer: textOf(search['answer']),
    sort: textOf(search['sort']),
  }
}
