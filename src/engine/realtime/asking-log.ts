import { type FileHandle, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openFile } from '../open-file.ts'
import type { AttemptRow } from '../../ports/state.ts'
import { answerFile, DurableFile } from '../files/durable-file.ts'
import { lineGroups } from '../files/file-lines.ts'
import { diskError, diskFault } from '../../domain/disk-fault.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { KeptRoom } from './kept-room.ts'

/** Prefix of the names of an asking attempt's files; the epoch of the claim that wrote one follows it. */
export function askingPrefix({ id, nonce }: Pick<AttemptRow, 'id' | 'nonce'>): string {
  return `${id}-${nonce}.asking-`
}

interface Place {
  readonly path: string
  readonly offset: number
  readonly length: number
  readonly isUnsure: boolean
}

interface Entry {
  readonly ask?: number
  readonly free?: number
  readonly line?: number
  readonly unsure?: unknown
}

/**
 * A log of requests and answers that were asked one by one, durable line by line: `ask` before a call, `free` when it
 * was turned away unpaid, then the answer. Each claim of the attempt writes a file of its own, so that a process which
 * was overtaken can write nothing into what its successor reads.
 */
export class AskingLog implements AsyncDisposable {
  readonly #filesDir: string
  readonly #attempt: Pick<AttemptRow, 'id' | 'nonce'>
  readonly #path: string
  readonly #handle: FileHandle
  readonly #answers = new Map<number, Place>()
  readonly #asked = new Set<number>()
  #size = 0
  #pending = ''
  #syncing: Promise<void> | null = null
  #durable = 0
  /** Null: it was given up for answers that had come. */
  #room: KeptRoom | null

  private constructor(
    filesDir: string,
    attempt: Pick<AttemptRow, 'id' | 'nonce'>,
    path: string,
    handle: FileHandle,
    room: KeptRoom,
  ) {
    this.#filesDir = filesDir
    this.#attempt = attempt
    this.#path = path
    this.#handle = handle
    this.#room = room
  }

  /** Reads what earlier claims have left and begins a file for this one. */
  static async open(
    filesDir: string,
    attempt: Pick<AttemptRow, 'id' | 'nonce'>,
    epoch: number,
  ): Promise<AskingLog> {
    const path = join(filesDir, `${askingPrefix(attempt)}${epoch}.jsonl`)
    const earlier = await askingFiles(filesDir, attempt)
    const room = await KeptRoom.take(`${path}.room`)
    const log = new AskingLog(filesDir, attempt, path, await openFile(path, 'a', 0o600), room)
    for (const file of earlier) await log.#read(file)
    // A state that was restored to an earlier time counts the same claims again; the last line may be torn.
    log.#size = (await log.#handle.stat()).size
    if (log.#size > 0) await log.#append('\n')
    return log
  }

  has(line: number): boolean {
    return this.#answers.has(line)
  }

  /** Lines that were asked by a process that died, or was overtaken, before it wrote what came of it. */
  get unanswered(): readonly number[] {
    return [...this.#asked].filter((line) => !this.#answers.has(line))
  }

  get counts(): { readonly answered: number; readonly unsure: number } {
    const unsure = this.unsure.size
    return { answered: this.#answers.size - unsure, unsure }
  }

  get unsure(): ReadonlySet<number> {
    return new Set([...this.#answers].filter(([, { isUnsure }]) => isUnsure).map(([line]) => line))
  }

  /** Durable when it resolves; several lines share one sync. Throws E_DISK when there is no room for the answer. */
  async ask(line: number): Promise<void> {
    if (this.#room === null)
      throw new OffpeakError('E_DISK', 'the disk is full, and what was kept free took the last answers', {
        where: this.#path,
        fix: 'free some disk space; what is answered is kept, and nothing more is asked until then',
      })
    return this.#append(`{"ask":${line}}\n`)
  }

  free(line: number): Promise<void> {
    return this.#append(`{"free":${line}}\n`)
  }

  answer(line: number, outputLine: Record<string, unknown>, isUnsure: boolean): Promise<void> {
    const before = `{"line":${line},"${isUnsure ? 'unsure' : 'answer'}":`
    const text = JSON.stringify(outputLine)
    const offset = this.#size + before.length
    const length = Buffer.byteLength(text)
    const done = this.#append(`${before}${text}}\n`)
    this.#answers.set(line, { path: this.#path, offset, length, isUnsure })
    return done
  }

  /** Writes all answers into the attempt's output file, in the order of their lines; its size. */
  async assemble(): Promise<number> {
    await this.#room?.[Symbol.asyncDispose]()
    const file = new DurableFile(this.#filesDir, `${this.#attempt.id}-${this.#attempt.nonce}.output`)
    const handles = new Map<string, FileHandle>()
    try {
      for (const [, { path, offset, length }] of [...this.#answers].toSorted(
        ([one], [other]) => one - other,
      )) {
        const handle = handles.get(path) ?? (await openFile(path, 'r'))
        handles.set(path, handle)
        const buffer = Buffer.allocUnsafe(length)
        await handle.read(buffer, 0, length, offset)
        file.addBytes(buffer)
        file.addText('\n')
      }
      const bytes = await file.close()
      await file.rename(answerFile(this.#filesDir, { ...this.#attempt, fetches: 0 }, 'output'))
      return bytes
    } catch (thrown) {
      await file.discard()
      throw thrown
    } finally {
      for (const handle of handles.values()) await handle.close()
    }
  }

  /** Nobody needs the log any more. */
  async remove(): Promise<void> {
    await this.#room?.[Symbol.asyncDispose]()
    for (const path of await askingFiles(this.#filesDir, this.#attempt)) await rm(path, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#syncing?.catch(() => undefined)
    await this.#handle.close()
    await this.#room?.[Symbol.asyncDispose]()
  }

  async #read(path: string): Promise<void> {
    for await (const lines of lineGroups(path)) {
      for (const { bytes, offset, length } of lines) {
        const entry = entryOf(bytes)
        // The last line of a process that was killed may be torn.
        if (entry === null) continue
        if (entry.ask !== undefined) this.#asked.add(entry.ask)
        if (entry.free !== undefined) this.#asked.delete(entry.free)
        if (entry.line === undefined || this.#answers.has(entry.line)) continue
        const isUnsure = entry.unsure !== undefined
        const before = `{"line":${entry.line},"${isUnsure ? 'unsure' : 'answer'}":`.length
        this.#answers.set(entry.line, {
          path,
          offset: offset + before,
          length: length - before - 1,
          isUnsure,
        })
      }
    }
  }

  #append(text: string): Promise<void> {
    this.#size += Buffer.byteLength(text)
    this.#pending += text
    return this.#sync()
  }

  /** What comes in while one sync is on its way goes with the next. */
  async #sync(): Promise<void> {
    const mine = this.#syncing === null ? this.#write() : this.#syncing.then(() => this.#writeRest())
    await mine
  }

  #writeRest(): Promise<void> {
    if (this.#syncing !== null) return this.#syncing
    return this.#pending === '' ? Promise.resolve() : this.#write()
  }

  #write(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    const writing = (async () => {
      try {
        await this.#appendWhole(text)
      } catch (thrown) {
        throw diskError('an answer cannot be written', thrown, {
          where: this.#path,
          fix: 'free some disk space and run `offpeak resume`',
          money: 'unknown',
        })
      } finally {
        this.#syncing = null
      }
    })()
    this.#syncing = writing
    return writing
  }

  /** Answers that have come are paid: on a full disk they take the room that was kept for them. */
  async #appendWhole(text: string): Promise<void> {
    for (;;) {
      try {
        await this.#handle.appendFile(text)
        await this.#handle.datasync()
        this.#durable += Buffer.byteLength(text)
        return
      } catch (thrown) {
        const room = this.#room
        if (room === null || diskFault(thrown) !== 'full') throw thrown
        this.#room = null
        await room[Symbol.asyncDispose]()
        await this.#handle.truncate(this.#durable)
      }
    }
  }
}

/** Whether something is noted of what an attempt has asked. */
export async function hasLog(filesDir: string, attempt: Pick<AttemptRow, 'id' | 'nonce'>): Promise<boolean> {
  return (await askingFiles(filesDir, attempt)).length > 0
}

/** The files of an attempt's claims, oldest first. */
async function askingFiles(
  filesDir: string,
  attempt: Pick<AttemptRow, 'id' | 'nonce'>,
): Promise<readonly string[]> {
  const prefix = askingPrefix(attempt)
  const epoch = (name: string): number => Number.parseInt(name.slice(prefix.length), 10)
  return (await readdir(filesDir))
    .filter((name) => name.startsWith(prefix) && name.endsWith('.jsonl'))
    .toSorted((one, other) => epoch(one) - epoch(other))
    .map((name) => join(filesDir, name))
}

function entryOf(bytes: Buffer): Entry | null {
  try {
    const entry: Entry = JSON.parse(bytes.toString('utf8'))
    return entry
  } catch {
    return null
  }
}
