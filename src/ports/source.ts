/**
 * Where records come from. A source is a value that a job file makes; it opens a reader when a plan or run needs
 * one. Third parties implement `Source` and prove it with the conformance suite.
 */
export interface Source<Row> {
  readonly kind: string
  /** A short text for people: the table or file that is read. */
  readonly describe: string
  /** The columns or fields that make the key. */
  readonly key: readonly string[]
  open(context: ConnectorContext): Promise<SourceReader<Row>>
  /** The same source, ended after `count` records. */
  limit(count: number): Source<Row>
}

/** What every connector is given: where it works and which database is the default one. */
export interface ConnectorContext {
  /** Relative paths are resolved against this directory, and stay inside the machine's file system as given. */
  readonly baseDir: string
  /** `postgres://…` or `pglite:<directory>`; null when nothing names a database. */
  readonly databaseUrl: string | null
}

export interface SourceReader<Row> extends AsyncDisposable {
  /** Fails with E_SOURCE_* before anything is sent when the query, file, key or row schema cannot work. */
  check(): Promise<void>
  /** How many records there are; null when that cannot be told cheaply. */
  count(): Promise<number | null>
  /** About `size` records from all over the selection, the same ones at every call while nothing changes. */
  sample(size: number): Promise<readonly SourceRecord<Row>[]>
  /** Pages of about half a megabyte each, one page read ahead, memory independent of the number of records. */
  read(options: ReadOptions): AsyncIterable<SourcePage<Row>>
  /** The records as they are now, by key; those that left the selection are absent. Null: the source cannot look up by key. */
  readonly reread: ((keys: readonly string[]) => Promise<ReadonlyMap<string, Row>>) | null
  /**
   * The database tables that make up the rows, as `schema.table`. Exactly one entry: each row is one row of that
   * table, found by the key, so that the sink of the same database can tell what changed since a page's mark.
   */
  readonly tables?: () => Promise<readonly string[]>
}

export interface ReadOptions {
  /** Go on after this cursor of an earlier page; null starts at the beginning. */
  readonly after: string | null
  /** At most so many records in this reading, after the cursor; null reads all. */
  readonly limit: number | null
  /** `key` order makes `after` work; `given` keeps the source's own order and cannot be resumed. */
  readonly order: 'key' | 'given'
  /** Only these keys; null reads all. */
  readonly only: readonly string[] | null
}

export interface SourcePage<Row> {
  readonly records: readonly SourceRecord<Row>[]
  /** Reading `after` this cursor goes on behind the record at this index of the page. */
  readonly cursorAt: (index: number) => string
  /** Names the moment at which these rows were read; the sink of the same database can tell what changed since. */
  readonly mark: string | null
}

/** A record, or the reason why this one cannot be used. Keys are text; composite keys are joined by a unit separator (U+001F). */
export type SourceRecord<Row> =
  | {
      readonly key: string
      readonly row: Row
      readonly problem?: undefined
      /** Set on a record that is one piece of a larger one: which, and the how-manieth piece of how many. */
      readonly part?: { readonly of: string; readonly index: number; readonly count: number }
    }
  | { readonly key: string; readonly problem: string }
