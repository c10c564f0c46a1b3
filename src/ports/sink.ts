import type { ConnectorContext } from './source.ts'

/** Where accepted answers go. Writing the same items again, in any order or split, leaves the same data. */
export interface Sink extends AsyncDisposable {
  /** A short text for people: the table or file that is written. */
  readonly describe: string
  /** Writes one made-up item in a transaction that is rolled back; fails with E_SINK_* naming what is wrong. */
  dryRun(item: SinkItem): Promise<void>
  /**
   * Asked before a record is sent, by a sink that can tell by the row or key alone: `present` records are left out,
   * `absent` ones are sent although they were done before, `open` leaves that to the state; a problem says why no
   * answer could be written, so that none is bought.
   */
  readonly present?: (records: readonly SinkRecord[]) => Promise<readonly SinkPresence[]>
  /** Why an item cannot be written whatever the table has, by its values alone; null: nothing is known against it. */
  readonly problems?: (items: readonly SinkItem[]) => Promise<readonly (string | null)[]>
  /** The most characters that columns of text hold, by their names, of a sink whose columns are bounded. */
  readonly mostCharacters?: () => Promise<ReadonlyMap<string, number>>
  /**
   * What the place would make of an item other than what it says, in words: a trigger's doing, numbers that are rounded.
   * Asked before anything is sent, with a made-up item that could be written; writes as `dryRun` does.
   */
  readonly alters?: (item: SinkItem) => Promise<readonly string[]>
  /**
   * The row that each item belongs to, of a sink that takes keys of different texts for one; nothing is written. Null: no
   * item of another key belongs to it, or the item has no row.
   */
  readonly rows?: (items: readonly SinkItem[]) => Promise<readonly (SinkRow | null)[]>
  /**
   * How many rows this sink owns behind the last chunks of these items' texts (with `clear` they are removed, or marked
   * where the job says so), of a sink with a scope; and why some had to stay, null: none had to.
   */
  readonly behindChunks?: (
    items: readonly SinkItem[],
    act: 'count' | 'clear',
  ) => Promise<{ readonly rows: number; readonly refused: string | null }>
  /** Whether what these items say is there now, of a sink that can look it up; nothing is written. */
  readonly holds?: (items: readonly SinkItem[]) => Promise<readonly boolean[]>
  /**
   * Gives items that hold their values in the form in which this sink sends them, which takes less memory; of a sink
   * that has such a form. Only its own `write` can read them.
   */
  readonly pack?: (items: readonly SinkItem[]) => Promise<readonly SinkItem[]>
  /** Writes a chunk in one transaction and tells for each item, in order, what became of it. */
  write(items: readonly SinkItem[], options: WriteOptions): Promise<readonly SinkResult[]>
}

/** A record before it is sent. */
export interface SinkRecord {
  readonly key: string
  readonly row: unknown
}

/** Presence of a record in a sink; `open`: the sink cannot tell. */
export type SinkPresence = 'present' | 'absent' | 'open' | { readonly problem: string }

/** A row by the key that it has in the sink. */
export interface SinkRow {
  /** The same for all keys that the sink takes for one. */
  readonly name: string
  /** The name is the very text of the record's key, so that only an unusual text can be the same key. */
  readonly isOwnKey: boolean
}

/** One item for a sink: a record and the values to write. */
export interface SinkItem {
  /** The record's key as the source gave it. */
  readonly key: string
  /** What `set` or `line` returned; nothing once the item is packed. */
  readonly values: Readonly<Record<string, unknown>>
  /** Which part of another record it is, from 0, of how many; left out for a record of its own. */
  readonly part?: { readonly index: number; readonly count: number }
}

/** Options of one write. */
export interface WriteOptions {
  /** The mark of the source page; null: no row counts as changed, as the caller has looked. */
  readonly mark: string | null
  /** Names this chunk of this run for ever, so that a file sink can tell a repetition. */
  readonly chunk: string
  /** The run does records again that were done before: what is there gives way even where a sink would keep it. */
  readonly redo?: boolean
}

/**
 * `written` now, `same` = it already had these values, `changed` = the row was touched since the mark and was left
 * alone, `missing` = no such row, `rejected` = the database refused this value (the rest of the chunk is written).
 */
export type SinkResult =
  | { readonly kind: 'written' | 'same' | 'changed' | 'missing' }
  | { readonly kind: 'rejected'; readonly reason: string }

/** The context in which a sink is opened: that of every connector, and what the job reads. */
export interface SinkOpenContext extends ConnectorContext {
  /** The key columns of the source. */
  readonly sourceKey: readonly string[]
  /** The tables of the same database that the source reads, as `schema.table`. */
  readonly sourceTables: readonly string[]
  /** The files and directories that the source reads, as absolute paths; left out: none. */
  readonly sourceFiles?: readonly string[]
}

/** A function that opens the sink that a job's `to` describes. */
export type OpenSink = (
  definition: Readonly<Record<string, unknown>>,
  context: SinkOpenContext,
) => Promise<Sink>

/**
 * A connector that is a sink: a job names it by `to: { sink }`. Third parties prove it with `describeSink` of
 * `offpeak/testing`.
 */
export interface SinkConnector {
  readonly kind: string
  /** A short text for people: the place that is written. It is asked for without opening. */
  readonly describe: string
  /** Touches nothing that is there yet. Throws E_SINK_* when the place cannot be reached. */
  open(context: SinkOpenContext): Promise<Sink>
}

/** A sink that writes into a place of your own, by a connector that you or somebody else has written. */
export interface OwnSink<Context> {
  readonly sink: SinkConnector
  /** What an item holds besides its key; `{ output }` when left out. */
  readonly values?: (context: Context) => Readonly<Record<string, unknown>>
}

/** Whether a value is a connector of a sink, from this copy of Offpeak or anybody's. */
export function isSinkConnector(value: unknown): value is SinkConnector {
  return (
    typeof value === 'object' &&
    value !== null &&
    // A source is none, though it has the rest.
    !Reflect.has(value, 'keyFields') &&
    typeof Reflect.get(value, 'kind') === 'string' &&
    typeof Reflect.get(value, 'describe') === 'string' &&
    typeof Reflect.get(value, 'open') === 'function'
  )
}
