import type { KeyColumn } from '../postgres/selection.ts'
import type { Sql } from '../database/sql.ts'

/** The values of a row as the database's driver gave them, in the order of the columns. */
export type Cells = readonly unknown[]

/**
 * Way in which a query is read: a short statement at once; a statement in its own order; or one that resumes after a
 * key, told by `keyOf` (null where the key is not whole). `seekable`: an index may find the next key directly.
 */
export type Reading =
  | { readonly kind: 'once' | 'whole'; readonly statement: Sql }
  | {
      readonly kind: 'keyed'
      readonly statement: (after: readonly string[] | null) => Sql
      readonly from: readonly string[] | null
      readonly keyOf: (cells: Cells) => readonly string[] | null
      readonly seekable: boolean
    }

/** A database in a file, or over files, that `queryReader` reads. Failures of statements are E_SOURCE_QUERY. */
export interface QueryDatabase extends AsyncDisposable {
  /** For people. */
  readonly where: string
  /** The columns of a statement that finds no rows. */
  columns(statement: Sql): Promise<readonly KeyColumn[]>
  /** Rows in blocks of about half a megabyte. While a block is worked on, nobody is kept from writing. */
  read(reading: Reading): AsyncIterable<readonly Cells[]>
  /** A cell as rows show it; throws `Unreadable`. */
  plain(cell: unknown, column: KeyColumn): unknown
  /** A cell of the key as a text that keeps its type; null for null. */
  cursorPart(cell: unknown): string | null
  /** The text of a cursor's part as it stands in a record's key. */
  keyText(part: string): string
  /** What is the same for rows whose keys are the same text, to group them by. */
  keyGroup(column: string): Sql
  /** The order of the keys. */
  order(key: readonly KeyColumn[]): Sql
  /** Rows behind this key; the parts are those of a cursor. */
  after(key: readonly KeyColumn[], parts: readonly string[]): Sql
  /** Rows with one of these keys; texts as in a record's key. More rows may come, never fewer. */
  oneOf(key: readonly KeyColumn[], keys: readonly (readonly string[])[]): Sql
}
