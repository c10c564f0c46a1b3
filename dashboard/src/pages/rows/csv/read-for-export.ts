import type { Row } from '../../../../../src/server/contract/row.ts'
import type { RowPage } from '../../../../../src/server/contract/row.ts'

/** A browser holds a file whole while it is made. */
export const mostExported = 20_000
const mostCharacters = 60_000_000

export interface ReadForExport {
  readonly rows: readonly Row[]
  /** Whether more match than were read. */
  readonly cut: boolean
}

/** Reads what matches, page by page, with the answers; stops at what one file may hold. */
export async function readForExport(
  read: (cursor: string | null) => Promise<RowPage>,
  onRead: (count: number) => void,
): Promise<ReadForExport> {
  const rows: Row[] = []
  let characters = 0
  for (let cursor: string | null = null; ;) {
    const page: RowPage = await read(cursor)
    for (const row of page.items) {
      // What the model wrote is in the output already, or does not fit it.
      rows.push({ ...row, text: null })
      characters += row.text?.length ?? 0
    }
    onRead(rows.length)
    cursor = page.nextCursor
    if (cursor === null) return { rows, cut: false }
    if (rows.length >= mostExported || characters >= mostCharacters) return { rows, cut: true }
  }
}
