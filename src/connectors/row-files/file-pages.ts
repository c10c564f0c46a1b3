import type { ReadOptions, SourcePage, SourceRecord } from '../../ports/source.ts'
import { stepsChanged } from '../pipeline/cursor.ts'
import { fileChanged } from './file-state.ts'
import type { Entry, FilePlace, FileRecords } from './file-records.ts'

const pageBytes = 1_500_000

/** Where reading goes on, and how many records came before. */
interface Position {
  readonly place: FilePlace | null
  readonly taken: number
}

const start: Position = { place: null, taken: 0 }

/** The pages of one reading; see `SourceReader.read` for the contract. */
export async function* filePages<Row, E extends Entry>(
  source: FileRecords<Row, E>,
  { after, limit: most, only }: ReadOptions,
): AsyncGenerator<SourcePage<Row>, void> {
  const reading = await source.begin()
  const { mark } = reading
  let position = after === null ? start : parseCursor(after, mark, source.file)
  const wanted = only === null ? null : new Set(only)
  // Keys that are asked for by name are found wherever they are.
  let left = Math.min(
    most ?? Infinity,
    source.limit === null || wanted ? Infinity : source.limit - position.taken,
  )
  let records: SourceRecord<Row>[] = []
  let cursors: Position[] = []
  let bytes = 0
  const page = (): SourcePage<Row> => {
    const [found, positions] = [records, cursors]
    ;[records, cursors, bytes] = [[], [], 0]
    return { records: found, mark, cursorAt: (index) => cursorText(positions[index] ?? start, mark) }
  }
  for await (const entries of left > 0 ? source.blocks(position.place, reading) : []) {
    for (const entry of entries) {
      if (left <= 0) break
      const one = await source.record(entry)
      position = { place: entry.next, taken: position.taken + 1 }
      if (wanted && !wanted.has(one.key)) continue
      records.push(one)
      cursors.push(position)
      bytes += entry.bytes
      left -= 1
    }
    if (bytes >= pageBytes) {
      await reading.checkPage()
      yield page()
    }
    if (left <= 0) break
  }
  // Also where nothing is left to be given: an end that came too soon is a change.
  await reading.check()
  if (records.length > 0) yield page()
}

function cursorText({ place, taken }: Position, mark: string): string {
  return [place?.offset ?? 0, place?.number ?? 1, taken, mark].join(' ')
}

function parseCursor(text: string, mark: string, file: string): Position {
  if (text.includes('\n')) throw stepsChanged()
  const [offset, number, taken, then] = text.split(' ')
  if (then !== mark) throw fileChanged(file, 'since the run began to read it')
  return { place: { offset: Number(offset), number: Number(number) }, taken: Number(taken) }
}
