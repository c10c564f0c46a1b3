import { importPeer } from '../../engine/peer.ts'
import { open } from 'node:fs/promises'
import type { AsyncBuffer, FileMetaData, ParquetScan, SchemaTree } from 'hyparquet'
import { OffpeakError } from '../../domain/errors.ts'
import { libraryWords } from '../file-faults.ts'
import { Unreadable } from '../tables/plain-values.ts'
import {
  bareSchema,
  columnsOf,
  inexactColumn,
  isEncrypted,
  repeatedName,
  type ParquetColumn,
} from './parquet-schema.ts'
import { byDuckDb, parquetError } from './parquet-fault.ts'
import { groupParts, maxDecodedBytes, type GroupParts } from './parquet-group.ts'
import { outOfPages } from './parquet-slices.ts'
import { boundedCompressors } from './parquet-unpacking.ts'
import { parsers } from './parquet-values.ts'
import { type FileState, fileState, requireUnchanged } from '../row-files/file-state.ts'

const blockRows = 256

/** A row, or what is wrong with it, as the end of a sentence that begins with its place. */
export type ParquetRow = Record<string, unknown> | string

export interface ParquetFile {
  /** As it was when its footer was read. */
  readonly state: FileState
  readonly rows: number
  readonly columns: readonly string[]
  /** Rows from this one on, in blocks; E_SOURCE_CHANGED where the file is no longer as it was when it was opened. */
  read(from: number): AsyncGenerator<readonly ParquetRow[], void>
}

/**
 * A Parquet file, opened by its footer; what is decoded at once is some megabytes, or a page where that is larger, and
 * all of a row group of lists where the file has no index of its pages. Values are plain at every depth: 64-bit
 * integers a number when exact, else text · decimals exact text · timestamps `2026-01-31T10:20:30.123456Z`, without `Z`
 * when they have no zone · dates `2026-01-31` · times `10:20:30.5` · lists arrays, structs and maps objects · bytes
 * `\x…`, and text where they are valid UTF-8 and the file does not say what they are · NaN and infinity text.
 *
 * Throws E_SOURCE_FILE for what is encrypted, cut off, damaged, not read here, or too large to be decoded at once, and for
 * columns of one name.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await importPeer('hyparquet')
  const compressors = boundedCompressors(
    (await importPeer('hyparquet-compressors')).compressors,
    maxDecodedBytes,
  )
  const state = await fileState(path)
  await checkFrame(path)
  const file = fileBytes(path, state.bytes)
  const { metadata, tree } = await readFooter(path, async () => {
    const metadata = await parquetMetadataAsync(file, { parsers })
    return { metadata, tree: parquetSchema(metadata) }
  })
  requireReadable(path, { metadata, tree })
  const columns = columnsOf(tree)
  const opened: Opened = { path, state, columns }
  const options = { file, compressors, parsers, utf8: false, geoparquet: false }
  const raw = { ...metadata, schema: bareSchema(tree, 'texts') }
  const rawBytes = { ...metadata, schema: bareSchema(tree, 'bytes') }
  // Passed on to the plan of a scan as what it reads of an index itself; without it, a group is decoded at once.
  const scanOf = (index: number, { texts, located }: GroupParts): Promise<ParquetScan> =>
    parquetScan(
      Object.assign(
        { ...options, metadata: texts === 'bytes' ? rawBytes : raw },
        { pageLocationsByGroup: { [index]: located } },
      ),
    )
  return {
    state,
    rows: Number(metadata.num_rows),
    columns: columns.map(({ name }) => name),
    async *read(from) {
      let groupEnd = 0
      for (const [index, group] of metadata.row_groups.entries()) {
        const start = groupEnd
        groupEnd += Number(group.num_rows)
        if (groupEnd <= from || groupEnd === start) continue
        const parts = await groupParts(path, file, group, tree)
        yield* readGroup(opened, { parts, start, newScan: () => scanOf(index, parts) }, from)
      }
    },
  }
}

interface Opened {
  readonly path: string
  readonly state: FileState
  readonly columns: readonly ParquetColumn[]
}

interface Group {
  readonly parts: GroupParts
  /** The place of its first row in the file. */
  readonly start: number
  readonly newScan: () => Promise<ParquetScan>
}

/** The guard against columns of one name, values that are not read exactly here, and a footer that contradicts itself. */
function requireReadable(path: string, { metadata, tree }: Footer): void {
  const twice = repeatedName(tree)
  if (twice !== null)
    throw parquetError(path, `has two columns of one name: ${twice}`, 'Write it with a name for each column.')
  const variant = inexactColumn(tree)
  if (variant !== null)
    throw parquetError(
      path,
      `has a VARIANT, the column ${variant}, which is not read exactly here`,
      byDuckDb(path),
    )
  const inGroups = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n)
  if (inGroups !== metadata.num_rows)
    throw parquetError(path, `is damaged: it tells of ${metadata.num_rows} rows and holds ${inGroups}`, again)
}

/** Rows of a group from the row `from` of the file on, in blocks, decoded part by part. */
async function* readGroup(
  opened: Opened,
  group: Group,
  from: number,
): AsyncGenerator<readonly ParquetRow[], void> {
  const scan = await group.newScan()
  let rowStart = Math.max(group.start, from)
  for (const end of group.parts.ends) {
    const rowEnd = group.start + end
    if (rowEnd <= rowStart) continue
    const data = await readPart(opened, group, scan, [rowStart, rowEnd])
    for (let start = 0; start < rowEnd - rowStart; start += blockRows) {
      yield Array.from({ length: Math.min(blockRows, rowEnd - rowStart - start) }, (_, row) =>
        rowOf(opened.columns, (place) => data[place]?.[start + row]),
      )
    }
    rowStart = rowEnd
  }
}

/** Values of all columns for one part of a group, column by column. */
async function readPart(
  { path, state, columns }: Opened,
  { parts: { rows, whole, isSliced }, start, newScan }: Group,
  scan: ParquetScan,
  [rowStart, rowEnd]: readonly [number, number],
): Promise<readonly ArrayLike<unknown>[]> {
  const data: ArrayLike<unknown>[] = []
  try {
    for (const { name } of columns) {
      if (isSliced && !whole.has(name))
        // A scan keeps what it has read last, and all of its pages with it.
        data.push(outOfPages(await readColumn(path, await newScan(), name, rowStart, rowEnd)))
      else if (!whole.has(name)) data.push(await readColumn(path, scan, name, rowStart, rowEnd))
      else {
        // The scan keeps it for the parts to come.
        await readColumn(path, scan, name, start, start + rows)
        data.push(await readColumn(path, scan, name, rowStart, rowEnd))
      }
    }
  } finally {
    // What looks damaged may be two versions of one file.
    await requireUnchanged(path, state)
  }
  return data
}

function rowOf(columns: readonly ParquetColumn[], cell: (place: number) => unknown): ParquetRow {
  const row: [string, unknown][] = []
  for (const [place, { name, read }] of columns.entries()) {
    try {
      row.push([name, read(cell(place))])
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown
      return `cannot be used: the column ${name} ${thrown.message}`
    }
  }
  return Object.fromEntries(row)
}

async function readColumn(
  path: string,
  scan: ParquetScan,
  column: string,
  rowStart: number,
  rowEnd: number,
): Promise<ArrayLike<unknown>> {
  let values: ArrayLike<unknown>
  try {
    values = await scan.readColumn({ column, rowStart, rowEnd })
  } catch (thrown) {
    throw parquetError(
      path,
      `cannot be read at the column ${column}, rows ${rowStart + 1} to ${rowEnd}${pageWords(thrown)}`,
      `Write the file again, or see whether DuckDB can do it. ${byDuckDb(path)}`,
      thrown,
    )
  }
  if (values.length === rowEnd - rowStart) return values
  const [has, wanted] = [values.length, rowEnd - rowStart].map((count) => count.toLocaleString('en-US'))
  throw parquetError(path, `is damaged: the column ${column} has ${has} values for ${wanted} rows`, again)
}

/** Where a page's header tells nothing of it, the library's words name what it has not found there. */
function pageWords(thrown: unknown): string {
  const words = libraryWords(thrown)
  return words.includes('undefined') ? ': its pages are damaged' : words
}

const again = 'Fetch or write it again.'

/** What begins and ends a file: https://parquet.apache.org/docs/file-format/ */
async function checkFrame(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const at = async (position: number): Promise<string> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, position))
      return buffer.toString('latin1', 0, bytesRead)
    }
    const [head, tail] = [await at(0), await at(size - 4)]
    if (size === 0) throw parquetError(path, 'is empty: not even a schema is in it', again)
    if (head === 'PARE' || tail === 'PARE') throw encrypted(path)
    if (head !== 'PAR1')
      throw parquetError(path, 'is no Parquet file', 'Name a Parquet file, or leave this one out.')
    if (tail !== 'PAR1' || size < 12)
      throw parquetError(path, 'is cut off: the index at its end is missing', again)
  } finally {
    await handle.close()
  }
}

interface Footer {
  readonly metadata: FileMetaData
  readonly tree: SchemaTree
}

async function readFooter(path: string, read: () => Promise<Footer>): Promise<Footer> {
  let footer: Footer
  try {
    footer = await read()
  } catch (thrown) {
    throw parquetError(path, `is damaged: its footer cannot be read${libraryWords(thrown)}`, again, thrown)
  }
  if (isEncrypted(footer.metadata)) throw encrypted(path)
  return footer
}

function encrypted(path: string): OffpeakError {
  return parquetError(
    path,
    'is encrypted, and no key can be given here',
    'Write a copy that is not encrypted.',
  )
}

/** The bytes of a file of this size, read where they are asked for; the library's own reader needs twice their memory. */
export function fileBytes(path: string, size: number): AsyncBuffer {
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
      const handle = await open(path, 'r')
      try {
        let at = 0
        while (at < bytes.length) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
          if (bytesRead === 0) return bytes.buffer.slice(0, at)
          at += bytesRead
        }
      } finally {
        await handle.close()
      }
      return bytes.buffer
    },
  }
}
