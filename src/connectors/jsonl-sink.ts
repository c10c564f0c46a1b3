import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { OffpeakError, messageOf } from '../domain/errors.ts'
import type { OpenSink, Sink, SinkItem, SinkResult } from '../ports/sink.ts'
import { isObject } from './record.ts'
import { takeLock } from './lock-file.ts'

/** What the journal beside the file knows: how much of the file counts, and which chunks are in it. */
interface Journal {
  readonly bytes: number
  readonly chunks: ReadonlySet<string>
  /** A chunk that was begun and not finished: what it wrote does not count. */
  readonly unfinished: boolean
  /** The journal's own length without a torn last line. */
  readonly journalBytes: number
}

/**
 * A JSON Lines file as a sink: `{ jsonl, line? }` appends `{"key":…, …values}` per item, each chunk exactly once over
 * any number of kills. Beside the file lies a journal, `<file>.offpeak`, that says before a chunk where it will begin
 * and after it where it ended: after a kill the unfinished chunk is cut off, and lines that somebody else appended
 * are kept. One process writes at a time (E_DATABASE_BUSY).
 */
export const openJsonlSink: OpenSink = async (definition, { baseDir }) => {
  const { jsonl } = definition
  if (typeof jsonl !== 'string') throw new OffpeakError('E_JOB_INVALID', 'A file sink is { jsonl: path }')
  return jsonlSink(resolve(baseDir, jsonl), jsonl)
}

interface Files {
  readonly data: number
  readonly journal: number
  readonly chunks: Set<string>
  bytes: number
}

function jsonlSink(file: string, named: string): Sink {
  let opened: (Files & Disposable) | null = null
  const files = (): Files => {
    opened ??= openFiles(file)
    return opened
  }
  return {
    describe: `append to ${named}`,
    async rehearse(item) {
      const line = lineOf(item)
      if (typeof line !== 'string')
        throw new OffpeakError('E_SINK_VALUE', `A line of ${file} cannot be written: ${line.reason}`)
      asDiskError(file, () => files())
    },
    async write(items, { chunk }) {
      return asDiskError(file, () => append(files(), items, chunk))
    },
    [Symbol.asyncDispose]() {
      opened?.[Symbol.dispose]()
      opened = null
      return Promise.resolve()
    },
  }
}

function append(files: Files, items: readonly SinkItem[], chunk: string): readonly SinkResult[] {
  if (files.chunks.has(chunk)) return items.map(() => ({ kind: 'same' }))
  const lines = items.map(lineOf)
  const block = Buffer.from(lines.map((line) => (typeof line === 'string' ? line : '')).join(''))
  note(files.journal, { chunk, from: files.bytes })
  try {
    writeAll(files.data, block, files.bytes)
    fsyncSync(files.data)
  } catch (thrown) {
    ftruncateSync(files.data, files.bytes)
    throw thrown
  }
  files.bytes += block.length
  note(files.journal, { chunk, to: files.bytes })
  files.chunks.add(chunk)
  return lines.map((line) =>
    typeof line === 'string' ? { kind: 'written' } : { kind: 'rejected', reason: line.reason },
  )
}

/** The line of an item; characters that some readers take for a line end are escaped. */
function lineOf({ key, values }: SinkItem): string | { readonly reason: string } {
  try {
    // The key goes first, where people look for it, and no value of the same name replaces it.
    const fields: Record<string, unknown> = { key, ...values }
    fields['key'] = key
    const json = JSON.stringify(fields, (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
    return `${json.replace(/[\u0085\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
  } catch (thrown) {
    return { reason: messageOf(thrown) }
  }
}

function openFiles(file: string): Files & Disposable {
  mkdirSync(dirname(file), { recursive: true })
  const lock = takeLock(`${file}.offpeak`)
  if (!lock.held) {
    throw new OffpeakError(
      'E_DATABASE_BUSY',
      `${lock.pid === null ? 'Another process' : `Process ${lock.pid}`} is writing ${file}`,
      {
        where: file,
        fix: 'Wait until it is done, or name another file.',
      },
    )
  }
  const journalFile = `${file}.offpeak`
  try {
    // Without the file, the journal tells of lines that are gone: a new file begins.
    if (!existsSync(file)) rmSync(journalFile, { force: true })
    const known = readJournal(journalFile)
    const data = openSync(file, existsSync(file) ? 'r+' : 'w+')
    const journal = openSync(journalFile, 'a')
    ftruncateSync(journal, known.journalBytes)
    const { size } = fstatSync(data)
    if (size < known.bytes) {
      throw new OffpeakError(
        'E_STATE_CORRUPT',
        `${file} is shorter (${size} bytes) than what was written to it (${known.bytes} bytes)`,
        {
          where: file,
          fix: `Restore the file, or remove both it and ${journalFile} to begin anew.`,
        },
      )
    }
    if (known.unfinished) ftruncateSync(data, known.bytes)
    const files = {
      data,
      journal,
      chunks: new Set(known.chunks),
      bytes: known.unfinished ? known.bytes : endLastLine(data, size),
    }
    syncDirectory(dirname(file))
    return {
      ...files,
      [Symbol.dispose]() {
        closeSync(data)
        closeSync(journal)
        lock[Symbol.dispose]()
      },
    }
  } catch (thrown) {
    lock[Symbol.dispose]()
    throw thrown
  }
}

/** Somebody's last line may lack its end; ours must not be glued to it. */
function endLastLine(data: number, size: number): number {
  const last = Buffer.alloc(1)
  if (size === 0 || (readSync(data, last, 0, 1, size - 1) === 1 && last[0] === 0x0a)) return size
  writeSync(data, '\n', size)
  return size + 1
}

function readJournal(path: string): Journal {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const chunks = new Set<string>()
  let bytes = 0
  let unfinished = false
  for (const line of whole.split('\n')) {
    if (line === '') continue
    const entry: unknown = JSON.parse(line)
    if (!isObject(entry) || typeof entry['chunk'] !== 'string') continue
    unfinished = typeof entry['from'] === 'number'
    bytes = Number(entry['from'] ?? entry['to'])
    if (!unfinished) chunks.add(entry['chunk'])
  }
  return { bytes, chunks, unfinished, journalBytes: Buffer.byteLength(whole) }
}

function note(journal: number, entry: Readonly<Record<string, unknown>>): void {
  writeSync(journal, `${JSON.stringify(entry)}\n`)
  fsyncSync(journal)
}

function writeAll(data: number, block: Buffer, from: number): void {
  for (let done = 0; done < block.length;)
    done += writeSync(data, block, done, block.length - done, from + done)
}

/** A new file is only there for good when its directory has been written too. Not every system can do that. */
function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, 'r')
    try {
      fsyncSync(directory)
    } finally {
      closeSync(directory)
    }
  } catch {
    // Windows cannot open a directory; its file systems write the entry with the file.
  }
}

function asDiskError<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    throw new OffpeakError('E_DISK', `${file} cannot be written: ${messageOf(thrown)}`, {
      where: file,
      cause: thrown,
    })
  }
}
