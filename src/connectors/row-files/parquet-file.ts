import type { FileMetaData, ParquetScan, SchemaElement } from 'hyparquet'
import { withExactNumbers } from '../../planning/exact-numbers.ts'
import { importPeer } from '../peer.ts'
import { bytesText, dayText, decimalText, instantText, wholeValue } from '../tables/plain-values.ts'

/** About how much of a row group is decoded at a time where the file can be read in parts of a group. */
const partBytes = 16 * 1024 * 1024
const blockRows = 256

export interface ParquetFile {
  readonly rows: number
  readonly columns: readonly string[]
  /** Rows from this one on, in blocks. */
  read(from: number): AsyncGenerator<readonly Record<string, unknown>[], void>
}

/**
 * Opens a Parquet file by its footer; what is decoded at once is a row group, or less where the file has an index of its
 * pages. Values are plain: 64-bit integers a number when exact, else text · decimals exact text · timestamps
 * `2026-01-31T10:20:30.123456Z`, without `Z` when they have no zone · dates `2026-01-31` · bytes `\x…`.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetScan } = await importPeer(
    'hyparquet',
    () => import('hyparquet'),
  )
  const { compressors } = await importPeer('hyparquet-compressors', () => import('hyparquet-compressors'))
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file, { parsers })
  const columns = topColumns(metadata)
  const readers = columns.map(valueReader)
  const raw = { ...metadata, schema: withoutDecimals(metadata.schema, columns) }
  return {
    rows: Number(metadata.num_rows),
    columns: columns.map(({ name }) => name),
    async *read(from) {
      const scan = await parquetScan({ file, metadata: raw, compressors, parsers })
      for (const { rowStart, rowEnd } of parts(scan, metadata, from)) {
        const data: ArrayLike<unknown>[] = []
        for (const { name } of columns) data.push(await scan.readColumn({ column: name, rowStart, rowEnd }))
        for (let start = 0; start < rowEnd - rowStart; start += blockRows) {
          yield Array.from({ length: Math.min(blockRows, rowEnd - rowStart - start) }, (_, row) =>
            Object.fromEntries(
              columns.map(({ name }, place) => [name, readers[place]?.(data[place]?.[start + row]) ?? null]),
            ),
          )
        }
      }
    },
  }
}

/** The row ranges to decode, one after the other. */
function* parts(
  scan: ParquetScan,
  { row_groups: groups }: FileMetaData,
  from: number,
): Generator<{ readonly rowStart: number; readonly rowEnd: number }, void> {
  let groupStart = 0
  for (const group of groups) {
    const end = groupStart + Number(group.num_rows)
    const indexed = group.columns.every((column) => column.offset_index_offset !== undefined)
    const share = Math.ceil(Number(group.total_byte_size) / partBytes)
    const step = indexed
      ? Math.max(1, Math.ceil(Number(group.num_rows) / Math.max(1, share)))
      : end - groupStart
    for (let start = Math.max(groupStart, from); start < end; start += step)
      yield { rowStart: start, rowEnd: Math.min(end, start + step) }
    groupStart = end
  }
}

/** The columns of the top of the schema, in the file's order. */
function topColumns({ schema: [root, ...elements] }: FileMetaData): readonly SchemaElement[] {
  const found: SchemaElement[] = []
  let at = 0
  const skip = (): void => {
    const children = elements[at]?.num_children ?? 0
    at += 1
    for (let child = 0; child < children; child += 1) skip()
  }
  for (let child = 0; child < (root?.num_children ?? 0); child += 1) {
    const element = elements[at]
    if (element) found.push(element)
    skip()
  }
  return found
}

function isExactDecimal(element: SchemaElement): boolean {
  const decimal = element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL'
  return decimal && ['INT32', 'INT64', 'FIXED_LEN_BYTE_ARRAY'].includes(element.type ?? '')
}

/** The library reads decimals as doubles; taken for plain integers they stay exact. */
function withoutDecimals(schema: readonly SchemaElement[], top: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) => {
    if (!top.includes(element) || !isExactDecimal(element)) return element
    const { converted_type: _converted, logical_type: _logical, ...bare } = element
    return bare
  })
}

function valueReader(element: SchemaElement): (value: unknown) => unknown {
  if (isExactDecimal(element)) {
    const scale = element.scale ?? 0
    return (value) => {
      if (value instanceof Uint8Array) return decimalText(signed(value), scale)
      return typeof value === 'number' || typeof value === 'bigint' ? decimalText(BigInt(value), scale) : null
    }
  }
  const { logical_type: logical } = element
  if (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC)
    return (value) => (typeof value === 'string' ? value.replace(/Z$/, '') : plain(value))
  return plain
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return wholeValue(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return bytesText(value)
  if (Array.isArray(value)) return value.map(plain)
  if (ArrayBuffer.isView(value)) return Object.values(value).map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item) ?? null]))
}

/** Big-endian two's complement. */
function signed(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex')
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`))
}

const parsers = {
  timestampFromMilliseconds: (count: bigint): string => instantText(count, 'ms'),
  timestampFromMicroseconds: (count: bigint): string => instantText(count, 'us'),
  timestampFromNanoseconds: (count: bigint): string => instantText(count, 'ns'),
  dateFromDays: dayText,
  jsonFromBytes(bytes: Uint8Array | undefined): unknown {
    if (bytes === undefined) return undefined
    const text = utf8.decode(bytes)
    return withExactNumbers(JSON.parse(text), text)
  },
}

const utf8 = new TextDecoder()
