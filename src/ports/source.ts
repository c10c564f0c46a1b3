/**
 * A connector that is a source: `chain()` makes a `Source` of it. Third parties implement this and prove it with
 * `describeSource` of `offpeak/testing`.
 */
export interface SourceDefinition<Row> {
  readonly kind: string
  /** A short text for people: the table or file that is read. */
  readonly describe: string
  /** The columns or fields that make the key. */
  readonly key: readonly string[]
  open(context: ConnectorContext): Promise<SourceReader<Row>>
  /** The same source, ended after `count` records. */
  limit(count: number): SourceDefinition<Row>
}

/**
 * Where records come from: a value that a job file makes, and changes step by step. Each step gives a new source; a
 * reader is opened when a plan or run needs one. The functions given to it must answer the same for the same row, as
 * records are read again after an interruption; what they throw becomes the problem of that record.
 */
export interface Source<Row> {
  readonly kind: string
  readonly describe: string
  /** What the parts of a record's key are called. */
  readonly keyFields: readonly string[]
  open(context: ConnectorContext): Promise<SourceReader<Row>>
  /** Only the records for which `keep` says true. */
  filter(keep: (row: Row) => boolean): Source<Row>
  /** The first `count` records of each value of a field, in reading order; undefined: no limit. At most 100,000 values. */
  limitPer(field: keyof Row & string, count: number | undefined): Source<Row>
  /**
   * Makes several records of one, or none. Their keys are the record's and the index of the part, until `key` names
   * fields.
   */
  flatMap<Made>(parts: (row: Row) => readonly Made[]): Source<Made>
  /**
   * Takes the key from these fields of the row, unique together. Begin with the fields that were the key before, as
   * they were: records can then be found again by key, else the whole source is read for that.
   */
  key(...fields: readonly [keyof Row & string, ...(readonly (keyof Row & string)[])]): Source<Row>
  /**
   * Cuts the text of a field into pieces of at most `tokens` tokens, of which `overlap` (a share, 0 to 0.9) repeats
   * the end of the piece before. A piece comes as `row.chunk` in place of the field; the key grows by its index. An
   * empty text makes no record.
   */
  chunk<Field extends TextField<Row>>(
    options: ChunkOptions<Field>,
  ): Source<Omit<Row, Field> & { readonly chunk: Chunk }>
  /** At most so many records in all. */
  limit(count: number): Source<Row>
}

/** The fields that hold text, or may as far as the types know. */
export type TextField<Row> = {
  [Field in keyof Row & string]: unknown extends Row[Field]
    ? Field
    : Row[Field] extends string
      ? Field
      : never
}[keyof Row & string]

/** Options of `chunk`. */
export interface ChunkOptions<Field extends string = string> {
  readonly field: Field
  readonly tokens: number
  /** 0 when left out. */
  readonly overlap?: number
  /** `o200k_base` (all models since gpt-4o) when left out; `cl100k_base` is that of the embedding models. */
  readonly encoding?: 'o200k_base' | 'cl100k_base'
}

/** A piece of a text: the number of it from 0, of how many, and its text. */
export interface Chunk {
  readonly index: number
  readonly count: number
  readonly text: string
}

/** The context of every connector: where it works and which database is the default one. */
export interface ConnectorContext {
  /** Relative paths are resolved against this directory, and stay inside the machine's file system as given. */
  readonly baseDir: string
  /** `postgres://…` or `pglite:<directory>`; null when nothing names a database. */
  readonly databaseUrl: string | null
  /**
   * Where a file or an embedded database really is, both as absolute paths: a rehearsal has copies of what it has
   * written. Left out: where the job says.
   */
  readonly locate?: (path: string) => string
  /**
   * What of the project a path is that no answer may take the place of (its configuration, its job files), in words; null:
   * nothing of that. The path is absolute, with links followed. Left out: nothing is.
   */
  readonly ownPlace?: (path: string) => string | null
  /** A value of the project's environment, by its name; null: it is not set. Left out: there is none. */
  readonly env?: (name: string) => string | null
}

/** A reader of a source's records, page by page. */
export interface SourceReader<Row> extends AsyncDisposable {
  /** Fails with E_SOURCE_* before anything is sent when the query, file, key or row schema cannot work. */
  check(): Promise<void>
  /** How many records there are; null when that cannot be told cheaply. */
  count(): Promise<number | null>
  /** About how many there are, where `count` gives null: told from a sample, or by reading all. Null: nobody knows. */
  readonly estimate?: () => Promise<number | null>
  /** What a person should know of what is read, and of what is not, before money; each a sentence without its end. */
  readonly notes?: () => Promise<readonly string[]>
  /** About `size` records from all over the selection, the same ones at every call while nothing changes. */
  sample(size: number): Promise<readonly SourceRecord<Row>[]>
  /**
   * How many records have a key that another one has before them. Left out, or null: that cannot be told without
   * reading all rows whole. A source that drops records behind this may count some that are never used.
   */
  readonly repeatedKeys?: () => Promise<RepeatedKeys | null>
  /** Pages of about half a megabyte each, one page read ahead, memory independent of the number of records. */
  read(options: ReadOptions): AsyncIterable<SourcePage<Row>>
  /** The records as they are now, by key; those that left the selection are absent. Null: the source cannot look up by key. */
  readonly reread: ((keys: readonly string[]) => Promise<ReadonlyMap<string, Row>>) | null
  /** The files and directories that are read, as absolute paths, of a source that reads files. */
  readonly files?: () => readonly string[]
  /**
   * The database tables that make up the rows, as `schema.table`. Exactly one entry: each row is one row of that
   * table, found by the key, so that the sink of the same database can tell what changed since a page's mark.
   */
  readonly tables?: () => Promise<readonly string[]>
}

/** Options of one reading. */
export interface ReadOptions {
  /** Go on after this cursor of an earlier page; null starts at the beginning. */
  readonly after: string | null
  /** At most so many records in this reading, after the cursor; null reads all. */
  readonly limit: number | null
  /** `key` order makes `after` work; `given` keeps the source's own order and cannot be resumed. */
  readonly order: 'key' | 'given'
  /** Only these keys; the key of a record that was split means all of its parts. Null reads all. */
  readonly only: readonly string[] | null
}

/** One page of records. */
export interface SourcePage<Row> {
  readonly records: readonly SourceRecord<Row>[]
  /** Reading `after` this cursor goes on behind the record at this index of the page. */
  readonly cursorAt: (index: number) => string
  /** Names the moment at which these rows were read; the sink of the same database can tell what changed since. */
  readonly mark: string | null
}

/** A record, or the reason why this one cannot be used. Keys are what `keyOf` makes of the texts of the key's fields. */
export type SourceRecord<Row> =
  | { readonly key: string; readonly row: Row; readonly part?: Part; readonly problem?: undefined }
  | { readonly key: string; readonly problem: string }

/** Records whose key another one before them has. */
export interface RepeatedKeys {
  readonly records: number
  /** Among this many records. */
  readonly of: number
  /** There are more records behind these, which were not looked at: the source is very large. */
  readonly hasMore?: true
  /** A key that is repeated; null: none is. */
  readonly example: string | null
}

/** The place of a part within its record. All parts of one record come one after another. */
export interface Part {
  /** The key of the source's record that it was made from. */
  readonly of: string
  /** From 0. */
  readonly index: number
  /** How many parts were made of that record, also those that a limit leaves out or that cannot be used. */
  readonly count: number
}
