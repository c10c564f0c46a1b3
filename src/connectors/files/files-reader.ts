import { stepsChanged } from '../pipeline/cursor.ts'
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { ReadOptions, SourcePage, SourceReader, SourceRecord } from '../../ports/source.ts'
import type { FoundFile } from './found-files.ts'

/** How a kind of file becomes records: one, or several for its parts. */
export interface FileKind<Row> {
  /** Never throws for what the file is: a file that cannot be used is one record with its problem. */
  readonly records: (file: FoundFile, facts: FileFacts) => Promise<readonly SourceRecord<Row>[]>
  /** Whether every file is one record, so that they can be counted without reading them. */
  readonly oneEach: boolean
  /** The key of the file that a record's key belongs to. */
  readonly fileKey: (key: string) => string
  /** Throws when a package is missing that some of the files may need. */
  readonly ready?: () => Promise<void>
}

export interface FileFacts {
  readonly bytes: number
  readonly modifiedAtMs: number
}

/** A page ends at so many bytes of files or records, whichever comes first. */
const pageBytes = 8 * 1024 * 1024
const pageRecords = 1_000
const lookedAtFirst = 20

/** Where reading goes on: behind which record of which file, and how many records came before. */
interface Position {
  readonly path: string
  readonly index: number
  readonly taken: number
}

/** A reader of files one by one, in the order of their paths; nothing but their names is held in memory. */
export function filesReader<Row>(
  found: readonly FoundFile[],
  kind: FileKind<Row>,
  { describe, limit }: { readonly describe: string; readonly limit: number | null },
): SourceReader<Row> {
  async function recordsOf(file: FoundFile): Promise<{
    readonly records: readonly SourceRecord<Row>[]
    readonly facts: FileFacts
  }> {
    try {
      const { size, mtimeMs } = statSync(file.absolute)
      const facts = { bytes: size, modifiedAtMs: mtimeMs }
      return { records: await kind.records(file, facts), facts }
    } catch (thrown) {
      if (thrown instanceof OffpeakError) throw thrown
      // The message of the system has the path in it, which is the key of the record already.
      const problem = `the file cannot be read: ${messageOf(thrown).replace(/(?:, \w+)? '.*'$/s, '')}`
      return { records: [{ key: file.key, problem }], facts: { bytes: 0, modifiedAtMs: 0 } }
    }
  }

  async function* read({ after, limit: most, only }: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    const start: Position =
      after === null ? { path: '', index: -1, taken: 0 } : parsePosition(after, describe)
    const wanted = only === null ? null : new Set(only)
    const wantedFiles = only === null ? null : new Set(only.map(kind.fileKey))
    let taken = start.taken
    // Keys that are asked for by name are found wherever they are.
    let left = Math.min(most ?? Infinity, limit === null || wanted ? Infinity : limit - taken)
    let records: SourceRecord<Row>[] = []
    let positions: Position[] = []
    let bytes = 0
    let digest = createHash('sha256')
    const page = (): SourcePage<Row> => {
      const [made, places, mark] = [records, positions, digest.digest('hex').slice(0, 32)]
      ;[records, positions, bytes, digest] = [[], [], 0, createHash('sha256')]
      return { records: made, mark, cursorAt: (index) => JSON.stringify(places[index] ?? start) }
    }
    for (const file of found) {
      if (left <= 0) break
      if (file.path < start.path || (wantedFiles && !wantedFiles.has(file.key))) continue
      const { records: parts, facts } = await recordsOf(file)
      digest.update(`${file.path}:${facts.bytes}:${facts.modifiedAtMs};`)
      for (const [index, record] of parts.entries()) {
        if (left <= 0) break
        if (file.path === start.path && index <= start.index) continue
        if (wanted && !wanted.has(record.key) && !wanted.has(wholeKey(record))) continue
        taken++
        left--
        records.push(record)
        positions.push({ path: file.path, index, taken })
        bytes += facts.bytes / parts.length
        if (bytes >= pageBytes || records.length >= pageRecords) yield page()
      }
    }
    if (records.length > 0) yield page()
  }

  async function count(): Promise<number> {
    let total = found.length
    if (!kind.oneEach) {
      total = 0
      for (const file of found) total += (await recordsOf(file)).records.length
    }
    return limit === null ? total : Math.min(total, limit)
  }

  return {
    async check() {
      await kind.ready?.()
      if (found.length === 0)
        throw new OffpeakError('E_SOURCE_FILE', `no file matches ${describe}`, {
          where: describe,
          fix: 'correct the pattern; it is relative to the project (or to `cwd`)',
        })
      const problems: string[] = []
      for (const file of found.slice(0, lookedAtFirst)) {
        for (const record of (await recordsOf(file)).records) {
          if (record.problem === undefined) return
          problems.push(`${file.path}: ${record.problem}`)
        }
      }
      throw new OffpeakError(
        'E_SOURCE_ROW',
        `None of the first ${problems.length} files can be used: ${problems[0]}`,
        { where: describe, fix: 'fix the files, or the pattern' },
      )
    },
    count,
    async sample(size) {
      // All parts of a file or none: the last part of a long file is shorter than the others.
      const all = limit === null ? found : found.slice(0, limit)
      const stride = Math.max(1, Math.floor(all.length / Math.max(1, size)))
      const sampled: SourceRecord<Row>[] = []
      for (let at = 0; at < all.length && sampled.length < size; at += stride) {
        const file = all[at]
        if (file) sampled.push(...(await recordsOf(file)).records)
      }
      return limit === null ? sampled : sampled.slice(0, limit)
    },
    read,
    files: () => found.map(({ absolute }) => absolute),
    async reread(keys) {
      const wanted = new Set(keys)
      const wantedFiles = new Set(keys.map(kind.fileKey))
      const rows = new Map<string, Row>()
      for (const file of found) {
        if (!wantedFiles.has(file.key)) continue
        for (const record of (await recordsOf(file)).records)
          if (record.problem === undefined && wanted.has(record.key)) rows.set(record.key, record.row)
      }
      return rows
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function parsePosition(text: string, where: string): Position {
  if (text.includes('\n')) throw stepsChanged()
  const position = readPosition(text)
  if (position !== null) return position
  throw new OffpeakError('E_SOURCE_CHANGED', 'the run began to read another source than these files', {
    where,
    fix: 'put the source of the job back as it was; or `offpeak cancel` this run, and run the job again: what is merged already is not paid again',
  })
}

function readPosition(text: string): Position | null {
  try {
    const { path, index, taken }: Partial<Position> = JSON.parse(text)
    return typeof path === 'string' && typeof index === 'number' && typeof taken === 'number'
      ? { path, index, taken }
      : null
  } catch {
    return null
  }
}

/** The key of what a record is a part of, or its own. */
function wholeKey<Row>(record: SourceRecord<Row>): string {
  return (record.problem === undefined ? record.part?.of : undefined) ?? record.key
}
