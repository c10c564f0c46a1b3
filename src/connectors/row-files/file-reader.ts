import { OffpeakError } from '../../domain/errors.ts'
import type { RepeatedKeys, SourceReader, SourceRecord } from '../../ports/source.ts'
import { seededRandom } from '../pipeline/reservoir.ts'
import { SeenKeys } from '../seen-keys.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import { filePages } from './file-pages.ts'
import { type Entry, type FileFormat, type FileReaderOptions, FileRecords } from './file-records.ts'

/** A reader of the records of a file in its own order; see `SourceReader` for the contract. */
export function fileReader<Row, E extends Entry>(
  format: FileFormat<E>,
  options: FileReaderOptions<Row>,
): SourceReader<Row> {
  const source = new FileRecords(format, options)
  return {
    async check() {
      await source.begin()
      await checkColumns(source)
      await checkFirst(source)
    },
    count: () => source.count(),
    sample: (size) => sampleOf(source, size),
    repeatedKeys: () => repeatedIn(source),
    read: (readOptions) => filePages(source, readOptions),
    reread: null,
    files: () => [options.file],
    ...(format.notes ? { notes: () => source.asFileError(format.notes ?? (async () => [])) } : {}),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** Throws E_SOURCE_KEY when the file says which columns it has, and one of the key is not among them. */
async function checkColumns<Row, E extends Entry>(source: FileRecords<Row, E>): Promise<void> {
  const { format, file, key } = source
  const columns = format.columns ? await source.asFileError(format.columns) : null
  const unknown = columns === null ? undefined : key.find((name) => !columns.includes(name))
  if (columns !== null && unknown !== undefined) {
    throw new OffpeakError(
      'E_SOURCE_KEY',
      `The file has no column "${unknown}", which the key names.${didYouMean(unknown, columns)}`,
      {
        where: file,
        fix: format.columnsFix?.(columns) ?? `Choose another key. The file has: ${columns.join(', ')}`,
      },
    )
  }
}

/** Throws E_SOURCE_KEY or E_SOURCE_ROW when none of the first records can be used. */
async function checkFirst<Row, E extends Entry>(source: FileRecords<Row, E>): Promise<void> {
  const { file } = source
  const { unit } = source.format
  const problems: string[] = []
  for await (const page of filePages(source, { after: null, limit: 20, order: 'given', only: null })) {
    for (const one of page.records) {
      if (one.problem === undefined) return
      problems.push(one.problem)
    }
  }
  const [problem] = problems
  if (problem === undefined) return
  const isKey = problem.includes('has no usable key')
  throw new OffpeakError(
    isKey ? 'E_SOURCE_KEY' : 'E_SOURCE_ROW',
    `None of the first ${problems.length} ${unit}s can be used. ${problem}`,
    {
      where: file,
      fix: isKey
        ? `Name the field that identifies a ${unit} as \`key\`.`
        : 'Fix the row schema, or the file.',
    },
  )
}

async function sampleOf<Row, E extends Entry>(
  source: FileRecords<Row, E>,
  size: number,
): Promise<readonly SourceRecord<Row>[]> {
  const reading = await source.begin()
  const total = await source.count()
  const stride = Math.max(1, Math.floor(total / Math.max(1, size)))
  const found: SourceRecord<Row>[] = []
  // One of each stretch, not always its first: records may repeat in step with it.
  const random = seededRandom()
  const place = (): number => (found.length + random()) * stride
  let [seen, next] = [0, Math.floor(place())]
  for await (const entries of total > 0 ? source.blocks(null, reading) : []) {
    for (const entry of entries) {
      if (seen >= total) break
      if (seen === next) {
        found.push(await source.record(entry))
        next = Math.floor(place())
      }
      seen += 1
    }
    if (seen >= total) break
  }
  await reading.check()
  return found
}

async function repeatedIn<Row, E extends Entry>(source: FileRecords<Row, E>): Promise<RepeatedKeys> {
  const { format, limit } = source
  const keys = new SeenKeys()
  const reading = await source.begin()
  let left = limit ?? Infinity
  for await (const entries of left > 0 ? source.blocks(null, reading) : [])
    for (const entry of entries) {
      if (left-- <= 0) return keys.result
      const value = format.value(entry)
      if (typeof value === 'string') continue
      const { key: found, missing } = source.keyIn(entry, value)
      if (missing === null && !keys.add(found)) return keys.result
    }
  return keys.result
}
