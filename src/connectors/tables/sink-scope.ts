import { OffpeakError } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { SinkTarget, Table } from './sink-table.ts'

/**
 * Which rows of an upsert are old: those that share the `of` columns with an item that is written, and whose chunk the
 * text no longer has, or has in a row with another key (of another model, say). They are removed, or with `mark` set to
 * these values.
 */
export interface SinkScope {
  readonly of: readonly string[]
  readonly chunk: string
  readonly mark: Readonly<Record<string, unknown>> | null
}

/** The `scope` of a sink's definition; null without one. Throws E_JOB_INVALID for one that cannot hold. */
export function readScope(scope: unknown, { kind, key }: SinkTarget): SinkScope | null {
  if (scope === undefined) return null
  const refuse = (why: string): OffpeakError =>
    new OffpeakError('E_JOB_INVALID', `the scope of the sink ${why}`, {
      fix: "for chunks of a text: scope: { of: 'article_id', chunk: 'n' }, both of them columns of `key`",
    })
  if (kind !== 'upsert') throw refuse('is for upsert only')
  if (typeof scope !== 'object' || scope === null) throw refuse('is no object')
  const [of, chunk, mark] = ['of', 'chunk', 'mark'].map((name): unknown => Reflect.get(scope, name))
  const columns = (Array.isArray(of) ? of : [of]).filter((name) => typeof name === 'string')
  if (columns.length === 0 || typeof chunk !== 'string') throw refuse('needs `of` and `chunk`')
  const orphan = [...columns, chunk].find((name) => !key.includes(name))
  if (orphan !== undefined) throw refuse(`names ${orphan}, which is no column of its key (${key.join(', ')})`)
  if (columns.includes(chunk)) throw refuse(`has ${chunk} both in \`of\` and as \`chunk\``)
  const marked = typeof mark === 'object' && mark !== null ? Object.fromEntries(Object.entries(mark)) : null
  const keyed = Object.keys(marked ?? {}).find((name) => key.includes(name))
  if (keyed !== undefined) throw refuse(`marks ${keyed}, which is a column of its key`)
  return { of: columns, chunk, mark: marked }
}

/**
 * The number behind that of the last chunk of an item's text, as the column counts: from 0, 1 or wherever. Null for an
 * item that is no part of another record, and for a chunk that has no number.
 */
export function chunksEnd({ part }: Pick<SinkItem, 'part'>, chunk: unknown): number | null {
  const number = chunkNumber(chunk)
  return part === undefined || number === null ? null : number - part.index + part.count
}

function chunkNumber(chunk: unknown): number | null {
  if (typeof chunk !== 'number' && typeof chunk !== 'bigint' && !/^-?\d+$/.test(String(chunk))) return null
  const number = Number(chunk)
  return Number.isSafeInteger(number) ? number : null
}

/** The guard against an item whose chunk has no number (E_SINK_VALUE), and a mark without a column (E_SINK_COLUMN). */
export function checkScope(table: Table, { chunk, mark }: SinkScope, { values }: SinkItem): void {
  if (chunkNumber(ownValue(values, chunk)) === null)
    throw new OffpeakError('E_SINK_VALUE', `the chunk column ${chunk} is set to no whole number`, {
      where: table.text,
      fix: `return the number of the chunk for ${chunk}, such as row.chunk.index`,
    })
  const missing = Object.keys(mark ?? {}).find((name) => !table.columns.has(name))
  if (missing === undefined) return
  throw new OffpeakError('E_SINK_COLUMN', `the table ${table.text} has no column "${missing}" to mark`, {
    where: table.text,
    fix: table.addColumn(missing, mark?.[missing]),
  })
}

/** The columns of the key that may differ in an old row of the same chunk. */
export function otherKeyColumns({ key }: SinkTarget, { of, chunk }: SinkScope): readonly string[] {
  return key.filter((name) => name !== chunk && !of.includes(name))
}
