import { OffpeakError } from '../../domain/errors.ts'
import type { SinkItem } from '../../ports/sink.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import { ownValue } from '../../domain/own-value.ts'

/** Table, columns that find a row, and where their values come from, for a sink. */
export interface SinkTarget {
  readonly kind: 'update' | 'upsert'
  readonly key: readonly string[]
}

export interface TableColumn {
  readonly name: string
  /** With its length or scale, as `format_type` writes it: `numeric(10,2)`. */
  readonly type: string
  /** The same where a domain is the type that it is based on. */
  readonly baseType: string
  /** Of a text of bounded length, also by a domain. */
  readonly mostCharacters: number | null
  /** The type that keys are compared by, without length and scale: a key is never rounded or cut to fit a row. */
  readonly keyType: string
  /**
   * When two keys of this column are one: `text`: as the same text · `whole`, `uuid`: as the same number or id, which
   * have one usual text · `own`: by a rule of the type or of its collation (citext, numeric, char(n)).
   */
  readonly equality: 'text' | 'whole' | 'uuid' | 'own'
  /** The collation that its texts are compared by, quoted; null: that of the database, or none. */
  readonly collation: string | null
  /** How two values are compared: as they are, or by their texts when different values of the type can be equal. */
  readonly compareAs: '' | '::text collate "C"'
  /**
   * In what form a value travels. `json`: as the text of its JSON, whose fields keep their order. `json list`: a list of
   * such texts, as a list in a list of JSON would be taken for a second dimension.
   */
  readonly sentAs: 'value' | 'json' | 'json list'
  /** For lists of numbers that need not travel as text: in what form they are sent; null for all other columns. */
  readonly elements: 'float4' | 'float8' | null
  /** Set by the database itself: `generated` or `identity`. */
  readonly computed: 'generated' | 'identity' | null
}

export interface Table {
  /** `schema.table`, as a source of the same database names it. */
  readonly text: string
  /** The same, always quoted. */
  readonly quoted: string
  /** Whether row versions carry the transaction that made them. */
  readonly versioned: boolean
  readonly columns: ReadonlyMap<string, TableColumn>
  /** The column sets of its whole, valid, immediate unique indexes. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** The statement that would add a column for such a value. */
  readonly addColumn: (name: string, value: unknown) => string
  /** The statement that would make these columns unique. */
  readonly addUnique: (columns: readonly string[]) => string
}

/** The shape of a statement: columns of a table, by a key. */
export interface SinkShape {
  readonly kind: 'update' | 'upsert'
  readonly table: Table
  readonly key: readonly TableColumn[]
  /** For an upsert without the key columns. */
  readonly set: readonly TableColumn[]
}

/** The columns of a bounded number of characters, with their bounds. */
export function boundedTexts({ columns }: Table): ReadonlyMap<string, number> {
  return new Map(
    [...columns.values()].flatMap(({ name, mostCharacters }) =>
      mostCharacters === null ? [] : [[name, mostCharacters] as const],
    ),
  )
}

/** The columns that an item names, in order; E_SINK_COLUMN for one that is not there or that nobody may set. */
export function columnsOf(table: Table, values: SinkItem['values']): readonly TableColumn[] {
  return namedColumns(table, Object.keys(values), values)
}

function namedColumns(
  table: Table,
  names: readonly string[],
  values: SinkItem['values'],
): readonly TableColumn[] {
  return names.map((name) => {
    const column = table.columns.get(name)
    if (!column) throw noColumn(table, name, ownValue(values, name))
    if (column.computed !== null) {
      throw new OffpeakError(
        'E_SINK_COLUMN',
        `The column ${name} of ${table.text} is ${column.computed}: the database sets it itself`,
        {
          where: table.text,
          fix: `Leave ${name} out of what the sink sets.`,
        },
      )
    }
    return column
  })
}

function noColumn(table: Table, name: string, value: unknown): OffpeakError {
  const names = [...table.columns.keys()]
  return new OffpeakError(
    'E_SINK_COLUMN',
    `The table ${table.text} has no column "${name}".${didYouMean(name, names)} It has: ${names.join(', ')}`,
    { where: table.text, fix: table.addColumn(name, value) },
  )
}

/** The columns of a key, in its order; E_SINK_KEY for one that is not there: fewer columns would find the row of another record. */
export function keyColumns(table: Table, key: readonly string[]): readonly TableColumn[] {
  return key.map((name) => {
    const column = table.columns.get(name)
    if (column) return column
    const names = [...table.columns.keys()]
    throw new OffpeakError(
      'E_SINK_KEY',
      `The key column "${name}" is not in ${table.text}.${didYouMean(name, names)}`,
      {
        where: table.text,
        fix: `Name the column of ${table.text} that holds the record's key as \`key\` of the sink. It has: ${names.join(', ')}`,
      },
    )
  })
}

/**
 * The guard of a key: throws E_SINK_KEY unless the table has the key's columns, can tell a row by them, and the item
 * carries them.
 */
export function checkKey(table: Table, { kind, key }: SinkTarget, item: SinkItem): void {
  keyColumns(table, key)
  if (kind === 'update') return
  requireUnique(table, key)
  const absent = key.find((name) => ownValue(item.values, name) === undefined)
  if (absent !== undefined) {
    throw new OffpeakError('E_SINK_KEY', `The sink's set returns no value for the key column "${absent}"`, {
      where: table.text,
      fix: `Return ${absent} from set.`,
    })
  }
}

/** Fails with E_SINK_KEY unless a unique index has exactly these columns. */
function requireUnique(table: Table, key: readonly string[]): void {
  const wanted = JSON.stringify(key.toSorted())
  if (table.uniqueKeys.some((columns) => JSON.stringify(columns.toSorted()) === wanted)) return
  throw new OffpeakError(
    'E_SINK_KEY',
    `An upsert into ${table.text} needs a unique index on (${key.join(', ')}), and there is none`,
    {
      where: table.text,
      fix: table.addUnique(key),
    },
  )
}

/** Whether no two rows of the table can have the same key: some of its columns are unique together. */
export function tellsRowsApart({ uniqueKeys }: Pick<Table, 'uniqueKeys'>, key: readonly string[]): boolean {
  return uniqueKeys.some((columns) => columns.length > 0 && columns.every((name) => key.includes(name)))
}

/** When not one row fits the table, the table has changed under the run: that stops it, instead of losing every answer. */
export function stopIfTableChanged(
  table: Table,
  rows: readonly ({ readonly names: readonly string[] } | { readonly problem: string })[],
  items: readonly SinkItem[],
): void {
  const named = rows.filter((row) => 'names' in row)
  const isStrange = ({ names }: { readonly names: readonly string[] }): boolean =>
    names.some((name) => !table.columns.has(name))
  if (named.length === 0 || !named.every(isStrange)) return
  for (const [index, row] of rows.entries())
    if ('names' in row) namedColumns(table, row.names, items[index]?.values ?? {})
}
