import type { AsyncBuffer, RowGroup, SchemaTree } from 'hyparquet'
import { byDuckDb, parquetError } from './parquet-fault.ts'
import { pageLocations, undividedColumns, type PageLocations } from './parquet-pages.ts'

/** About how much of a row group is decoded at a time where it can be read in parts. */
const partBytes = 16 * 1024 * 1024
/** Pages that are larger together are decoded one after the other, and again for each part. */
const maxPagesBytes = 64 * 1024 * 1024
/** A part is then larger, as each costs the unpacking of whole pages. */
const slicedPartBytes = 128 * 1024 * 1024
/** A value that a dictionary holds is some bits in the file, and this in memory. */
const valueBytes = 32
const valuesPartBytes = 128 * 1024 * 1024
/** The most of columns that cannot be divided: the process takes about four times as much memory. */
const maxUndividedBytes = 256 * 1024 * 1024
/** A row of a text file is not longer either. */
const maxRowBytes = 64 * 1024 * 1024
/** The most that is unpacked at once, of a page; it takes about twice as much memory. */
export const maxDecodedBytes = 512 * 1024 * 1024

/** How a row group is decoded. */
export interface GroupParts {
  readonly rows: number
  /** The row of the group before which each part ends; the last one is `rows`. */
  readonly ends: readonly number[]
  /** Pages of which the file has no index. */
  readonly located: PageLocations
  /** Columns that are decoded as one. */
  readonly whole: ReadonlySet<string>
  /** Whether parts end within pages; what is kept of a page is then to be copied out of it. */
  readonly isSliced: boolean
  /** How the library is to give texts: as bytes, where it would make texts of more than a part at once. */
  readonly texts: 'texts' | 'bytes'
}

/**
 * Parts of a row group that are decoded one by one; throws E_SOURCE_FILE for rows that are too long, and where too much
 * would have to be decoded at once.
 */
export async function groupParts(
  path: string,
  file: AsyncBuffer,
  group: RowGroup,
  tree: SchemaTree,
): Promise<GroupParts> {
  const rows = Number(group.num_rows)
  const columnBytes = group.columns.map(({ meta_data: column }) =>
    Number(column?.total_uncompressed_size ?? 0),
  )
  const bytes = Math.max(
    Number(group.total_byte_size),
    columnBytes.reduce((sum, one) => sum + one, 0),
  )
  if (bytes / rows > maxRowBytes)
    throw parquetError(
      path,
      `has rows of ${mebibytes(bytes / rows)} on average, more than a request can hold (${mebibytes(maxRowBytes)} are read)`,
      `Leave the large columns out of the file, or cut them short. ${byDuckDb(path)}`,
    )
  const values = group.columns.reduce(
    (sum, { meta_data: column }) => sum + Number(column?.num_values ?? 0),
    0,
  )
  const parts = Math.max(bytes / partBytes, (values * valueBytes) / valuesPartBytes)
  const { locations: located, largestBytes } =
    parts > 1 ? await pageLocations(file, group, tree) : { locations: {}, largestBytes: 0 }
  const isSliced = largestBytes > maxPagesBytes
  const { names: whole, bytes: wholeBytes } = undividedColumns(group, located)
  if (wholeBytes > maxUndividedBytes)
    throw parquetError(
      path,
      `has ${rows.toLocaleString('en-US')} rows in one group, of which ${mebibytes(wholeBytes)} would have to be decoded at once (the columns ${[...whole].join(', ')}; at most ${mebibytes(maxUndividedBytes)} are)`,
      `Write it with smaller row groups, or with an index of its pages. ${byDuckDb(path)}`,
    )
  const largest =
    group.columns[columnBytes.indexOf(Math.max(...columnBytes))]?.meta_data?.path_in_schema.join('.')
  const slices = isSliced
    ? Math.max((parts * partBytes) / slicedPartBytes, (values * valueBytes) / valuesPartBytes)
    : parts
  const step = Math.max(1, Math.ceil(rows / Math.max(1, slices)))
  return {
    rows,
    ends: ends(rows, step, isSliced ? undefined : located[largest ?? '']),
    located,
    whole,
    isSliced,
    texts: isSliced || wholeBytes > partBytes ? 'bytes' : 'texts',
  }
}

/** Parts end where the given pages of a column do: a page is decoded again for each part that has some of its rows. */
function ends(rows: number, step: number, pages: PageLocations[string] | undefined): readonly number[] {
  const found: number[] = []
  const possible = pages?.map(({ first_row_index: row }) => Number(row)) ?? stepsOf(rows, step)
  for (const end of possible) if (end - (found.at(-1) ?? 0) >= step && end < rows) found.push(end)
  return [...found, rows]
}

function stepsOf(rows: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor(rows / step) }, (_, index) => (index + 1) * step)
}

function mebibytes(count: number): string {
  return `${Math.ceil(count / 1024 / 1024).toLocaleString('en-US')} MiB`
}
