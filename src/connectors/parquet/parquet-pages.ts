import type { AsyncBuffer, ColumnMetaData, OffsetIndex, RowGroup, SchemaTree } from 'hyparquet'

type PageLocation = OffsetIndex['page_locations'][number]

/** Locations of the pages of columns, by their path. */
export type PageLocations = Readonly<Record<string, readonly PageLocation[]>>

/** The pages of a row group. */
export interface LocatedPages {
  readonly locations: PageLocations
  /** What the largest page of each column takes, unpacked, with the column's dictionary; all of them together. */
  readonly largestBytes: number
}

/** A page's header is some dozens of bytes, and more where it has statistics of long values. */
const headerBytes = [1024, 64 * 1024, 4 * 1024 * 1024]

/**
 * Where the pages of a row group lie and with which row each begins, by the path of their column: what the offset index
 * of a file says, for files that have none (as of Arrow and DuckDB). Only the headers of pages are read. A column is left
 * out where headers do not tell its rows: a repeated one in pages of the first version, or one that is damaged.
 */
export async function pageLocations(
  file: AsyncBuffer,
  group: RowGroup,
  tree: SchemaTree,
): Promise<LocatedPages> {
  const { parquetHeader } = await headerReader()
  const flat = flatPaths(tree)
  const found: [string, PageLocation[]][] = []
  let largestBytes = 0
  for (const { meta_data: column } of group.columns) {
    if (!column) continue
    const path = column.path_in_schema.join('.')
    const located = await pagesOf(column, flat.has(path))
    if (located === null) continue
    found.push([path, located.pages])
    largestBytes += located.largestBytes
  }
  return { locations: Object.fromEntries(found), largestBytes }

  async function pagesOf(column: ColumnMetaData, isFlat: boolean): Promise<LocatedColumn | null> {
    let at = Number(column.dictionary_page_offset || column.data_page_offset)
    const end = at + Number(column.total_compressed_size)
    const pages: PageLocation[] = []
    let [dictionaryBytes, pageBytes] = [0, 0]
    for (let row = 0n; at < end;) {
      const page = await headerAt(at, end)
      if (page === null) return null
      const { header, length } = page
      const rows =
        header.data_page_header_v2?.num_rows ?? (isFlat ? header.data_page_header?.num_values : undefined)
      const size = length + header.compressed_page_size
      if (header.type === 'DICTIONARY_PAGE') dictionaryBytes = header.uncompressed_page_size
      else {
        pageBytes = Math.max(pageBytes, header.uncompressed_page_size)
        if (rows === undefined) return null
        pages.push({ offset: BigInt(at), compressed_page_size: size, first_row_index: row })
        row += BigInt(rows)
      }
      at += size
    }
    return pages.length > 0 ? { pages, largestBytes: dictionaryBytes + pageBytes } : null
  }

  async function headerAt(
    at: number,
    end: number,
  ): Promise<{ readonly header: ReturnType<typeof parquetHeader>; readonly length: number } | null> {
    for (const most of headerBytes) {
      const bytes = await file.slice(at, Math.min(end, at + most))
      const reader = { view: new DataView(bytes), offset: 0 }
      try {
        const header = parquetHeader(reader)
        return header.compressed_page_size >= 0 ? { header, length: reader.offset } : null
      } catch (thrown) {
        // It goes on behind what was read.
        if (!(thrown instanceof RangeError)) return null
      }
    }
    return null
  }
}

interface LocatedColumn {
  readonly pages: PageLocation[]
  readonly largestBytes: number
}

/** The `try` is for bundlers, as in the loaders of optional packages. */
async function headerReader(): Promise<typeof import('hyparquet/src/column.js')> {
  try {
    return await import('hyparquet/src/column.js')
  } catch (thrown) {
    return absent(thrown)
  }
}

function absent(thrown: unknown): never {
  throw thrown
}

/** The leaves of which each row has one value. */
function flatPaths(tree: SchemaTree): ReadonlySet<string> {
  const paths = ({ children, element, path }: SchemaTree): readonly string[] =>
    element.repetition_type === 'REPEATED'
      ? []
      : children.length === 0
        ? [path.join('.')]
        : children.flatMap(paths)
  return new Set(paths(tree))
}

/** What a value of a list takes beside its content, however few bits of the file tell it. */
const nestedBytes = 64

/**
 * The columns of the top of which no part of a row group can be decoded alone, and what they hold in bytes, decoded.
 * `located` are the paths of which `pageLocations` knows the pages.
 */
export function undividedColumns(
  { columns }: RowGroup,
  located: PageLocations,
): { readonly names: ReadonlySet<string>; readonly bytes: number } {
  const chunks = columns.flatMap(({ meta_data: column, offset_index_offset: index }) =>
    column ? [{ column, top: column.path_in_schema[0] ?? '', isIndexed: index !== undefined }] : [],
  )
  const names = new Set(
    chunks
      .filter(
        ({ column, isIndexed }) => !isIndexed && !Object.hasOwn(located, column.path_in_schema.join('.')),
      )
      .map(({ top }) => top),
  )
  const bytes = chunks
    .filter(({ top }) => names.has(top))
    .reduce(
      (sum, { column }) =>
        sum + Number(column.total_uncompressed_size) + nestedBytes * Number(column.num_values),
      0,
    )
  return { names, bytes }
}
