import { createContext, use } from 'react'

/** What the list knows of a row that is open over it. */
export interface RowsAround {
  /** The keys before and after a row in the list as it is filtered; null: the list does not have the row here. */
  readonly neighbours: (
    key: string,
  ) => { readonly previous: string | null; readonly next: string | null } | null
  /** Where the row is in the list, from 0; null when it is not here. */
  readonly placeOf: (key: string) => number | null
  /** How many match; null: nobody counted. */
  readonly total: number | null
}

export const Rows = createContext<RowsAround | null>(null)

/** The list that a row is opened from. */
export function useRowsAround(): RowsAround | null {
  return use(Rows)
}
