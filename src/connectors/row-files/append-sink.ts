import {
  accessSync,
  closeSync,
  constants,
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
import { dirname } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import type { Sink, SinkItem, SinkResult } from '../../ports/sink.ts'
import { asDiskError, requireRoom, syncDirectory } from './disk.ts'
import { isObject } from '../record.ts'
import { LastLines } from './last-lines.ts'
import { takeLock } from '../database/lock-file.ts'

/** What the journal beside the file knows: how much of the file counts, and which chunks are in it. */
interface Journal {
  readonly bytes: number
  readonly chunks: ReadonlySet<string>
  /** A chunk that was begun and not finished: what it wrote does not count. */
  readonly unfinished: boolean
  /** The journal's own length without a torn last line. */
  readonly journalBytes: number
}

/** An item as text, or why it has none. */
export type ItemText = string | { readonly reason: string }

/** How items become text. */
export interface AppendFormat {
  /** Whether a file with this beginning may be one of this format that a sink has begun; left out: any may. */
  readonly isOwn?: (head: string) => boolean
  /**
   * The text of each item, and what goes before them all. `head` is the beginning of the file, null while it is empty:
   * what goes before may depend on it, and what the items may hold.
   */
  texts(
    items: readonly SinkItem[],
    head: string | null,
  ): { readonly before: string; readonly texts: readonly ItemText[] }
  /** The items of a file whose beginning is `head`, each with its key and as `texts` wrote it. */
  stored(
    blocks: Iterable<Buffer>,
    head: string | null,
  ): Iterable<{ readonly key: string; readonly text: string }>
}

const headBytes = 64 * 1024
const blockBytes = 1024 * 1024

interface Files {
  readonly data: number
  readonly journal: number
  readonly chunks: Set<string>
  bytes: number
  /** What the file says last of each key; null: not read yet. */
  lines: LastLines | null
}

/** What was known of a file when this process closed it last; it is, unless somebody has changed the file since. */
interface Remembered {
  readonly bytes: number
  readonly inode: number
  readonly lines: LastLines
}

const remembered = new Map<string, Remembered>()
/** Each costs some bytes for every line of its file. */
const maxRemembered = 4

/**
 * A file that items are appended to, each chunk exactly once over any number of kills. Beside the file lies a journal,
 * `<file>.offpeak`, that says before a chunk where it will begin and after it where it ended: after a kill the
 * unfinished chunk is cut off, and lines that somebody else appended are kept. What the file already says last of a key
 * is not appended again, whichever state or run brings it; other values are, and the last line of a key counts. One
 * process writes at a time (E_DATABASE_BUSY).
 */
export function appendSink(file: string, named: string, format: AppendFormat): Sink {
  if (/\.(?:gz|zst)$/i.test(named))
    throw new OffpeakError('E_JOB_INVALID', `${named} names a packed file, and text is appended as it is`, {
      where: named,
      fix: 'Name a file without .gz or .zst, and pack it when the run is done.',
    })
  let opened: Shared | null = null
  const files = (): Files => (opened ??= share(file, format)).files
  return {
    describe: `append to ${named}`,
    async dryRun(item) {
      const head = asDiskError(file, () => headThere(file, format))
      const [text] = format.texts([item], head).texts
      if (typeof text === 'object')
        throw new OffpeakError('E_SINK_VALUE', `A record cannot be written to ${file}: ${text.reason}`, {
          where: file,
          fix: 'Correct what line returns, or name another file.',
        })
    },
    async write(items, { chunk }) {
      // A file begins with its first line.
      if (items.length === 0) return []
      return asDiskError(file, () => append(files(), items, chunk, format))
    },
    [Symbol.asyncDispose]() {
      opened?.release()
      opened = null
      return Promise.resolve()
    },
  }
}

function append(
  files: Files,
  items: readonly SinkItem[],
  chunk: string,
  format: AppendFormat,
): readonly SinkResult[] {
  if (files.chunks.has(chunk)) return items.map(() => ({ kind: 'same' }))
  const head = headOf(files)
  const { before, texts } = format.texts(items, head)
  const lines = (files.lines ??= readLast(files, format, head))
  const isThere = texts.map(
    (text, at) => typeof text === 'string' && lines.isLast(items[at]?.key ?? '', text),
  )
  const added = texts.map((text, at) => (typeof text === 'string' && isThere[at] !== true ? text : ''))
  const block = Buffer.from(before + added.join(''))
  const { size: journalBytes } = fstatSync(files.journal)
  try {
    note(files.journal, { chunk, from: files.bytes })
    writeAll(files.data, block, files.bytes)
    fsyncSync(files.data)
    note(files.journal, { chunk, to: files.bytes + block.length })
  } catch (thrown) {
    // Others may go on with these files: neither may end in the middle of something.
    ftruncateSync(files.data, files.bytes)
    ftruncateSync(files.journal, journalBytes)
    throw thrown
  }
  files.bytes += block.length
  files.chunks.add(chunk)
  return texts.map((text, at) => {
    if (typeof text !== 'string') return { kind: 'rejected', reason: text.reason }
    if (isThere[at] === true) return { kind: 'same' }
    lines.note(items[at]?.key ?? '', text)
    return { kind: 'written' }
  })
}

/** Reads the file once, from its beginning. */
function readLast(files: Files, format: AppendFormat, head: string | null): LastLines {
  const lines = new LastLines()
  for (const { key, text } of format.stored(blocksOf(files), head)) lines.note(key, text)
  return lines
}

function* blocksOf({ data, bytes }: Files): Generator<Buffer, void> {
  const block = Buffer.allocUnsafe(blockBytes)
  for (let at = 0; at < bytes;) {
    const read = readSync(data, block, 0, Math.min(blockBytes, bytes - at), at)
    if (read === 0) return
    at += read
    yield block.subarray(0, read)
  }
}

/** The beginning of the file as it is, of which nothing is changed or made, also while another process writes it. */
function headThere(file: string, format: AppendFormat): string | null {
  if (!existsSync(file)) {
    requireRoom(dirname(file))
    return null
  }
  accessSync(file, constants.W_OK)
  const known = readJournal(`${file}.offpeak`)
  const data = openSync(file, 'r')
  try {
    const { size } = fstatSync(data)
    refuseOtherText(file, data, format)
    refuseLostLines(file, size, known)
    return headOf({ data, bytes: known.unfinished ? known.bytes : size })
  } finally {
    closeSync(data)
  }
}

/** The beginning of what counts of the file. */
function headOf({ data, bytes }: Pick<Files, 'data' | 'bytes'>): string | null {
  if (bytes === 0) return null
  const head = Buffer.alloc(Math.min(bytes, headBytes))
  return head.toString('utf8', 0, readSync(data, head, 0, head.length, 0))
}

/** A file that this process has open, and how many of its sinks write to it. */
interface Shared {
  readonly files: Files
  users: number
  readonly release: () => void
}

/** The lock keeps other processes out; in this one a chunk is written without a pause, so that its sinks can share. */
const inUse = new Map<string, Shared>()

function share(file: string, format: AppendFormat): Shared {
  const known = inUse.get(file)
  if (known) {
    known.users += 1
    return known
  }
  const files = openFiles(file, format)
  const shared: Shared = {
    files,
    users: 1,
    release() {
      shared.users -= 1
      if (shared.users > 0) return
      inUse.delete(file)
      files[Symbol.dispose]()
    },
  }
  inUse.set(file, shared)
  return shared
}

function openFiles(file: string, format: AppendFormat): Files & Disposable {
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
    try {
      refuseOtherText(file, data, format)
    } catch (thrown) {
      closeSync(data)
      throw thrown
    }
    const journal = openSync(journalFile, 'a')
    ftruncateSync(journal, known.journalBytes)
    const { size, ino: inode } = fstatSync(data)
    refuseLostLines(file, size, known)
    if (known.unfinished) ftruncateSync(data, known.bytes)
    const before = remembered.get(file)
    const isAsBefore = before?.inode === inode && before.bytes === size
    remembered.delete(file)
    const files: Files & Disposable = {
      data,
      journal,
      chunks: new Set(known.chunks),
      bytes: known.unfinished ? known.bytes : endLastLine(data, size),
      lines: isAsBefore ? before.lines : null,
      [Symbol.dispose]() {
        if (files.lines !== null) remember(file, { bytes: files.bytes, inode, lines: files.lines })
        closeSync(data)
        closeSync(journal)
        lock[Symbol.dispose]()
      },
    }
    syncDirectory(dirname(file))
    return files
  } catch (thrown) {
    lock[Symbol.dispose]()
    throw thrown
  }
}

function refuseLostLines(file: string, size: number, known: Journal): void {
  if (size >= known.bytes) return
  throw new OffpeakError(
    'E_STATE_CORRUPT',
    `${file} is shorter (${size} bytes) than what was written to it (${known.bytes} bytes)`,
    {
      where: file,
      fix: `put the file back, or remove both it and ${file}.offpeak; then \`offpeak merge <run>\` of each run that wrote to it writes its answers again, at no cost`,
    },
  )
}

/** Text that is appended is UTF-8, and of one format; behind something else nobody could read it. */
function refuseOtherText(file: string, data: number, format: AppendFormat): void {
  const first = Buffer.alloc(4)
  const hex = first.toString('hex', 0, readSync(data, first, 0, 4, 0))
  const what = /^(?:fffe|feff)/.test(hex) ? 'UTF-16' : /^(?:1f8b|28b52ffd)/.test(hex) ? 'packed' : null
  if (what !== null)
    throw new OffpeakError('E_SINK_TABLE', `${file} is ${what}, and UTF-8 would be appended to it`, {
      where: file,
      fix: 'Name another file, or turn this one into UTF-8.',
    })
  if (format.isOwn === undefined) return
  const head = headOf({ data, bytes: fstatSync(data).size }) ?? ''
  if (head.trim() === '' || format.isOwn(head)) return
  throw new OffpeakError('E_SINK_TABLE', `${file} is there, and no sink of this kind has begun it`, {
    where: file,
    fix: 'Name another file for the answers; nothing was appended to this one.',
  })
}

function remember(file: string, what: Remembered): void {
  remembered.set(file, what)
  for (const [oldest] of remembered) {
    if (remembered.size <= maxRemembered) return
    remembered.delete(oldest)
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
