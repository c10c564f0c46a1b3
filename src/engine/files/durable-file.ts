import { closeSync, fdatasync, fsync, mkdirSync, openSync, renameSync, rmSync, write } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openFile } from '../open-file.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { Random } from '../../ports/clock.ts'
import type { AttemptRow } from '../../ports/state.ts'
import { diskError } from '../../domain/disk-fault.ts'

/** Where request and answer files lie: named by the tag that begins their ids, or by the attempt that fetched them. */
export function requestFile(filesDir: string, tag: string): string {
  return join(filesDir, `${tag}.jsonl`)
}

/**
 * The tag of a new file: sixteen characters that begin with the run's id, so that what a killed process has left
 * unfinished can be told from what others are writing.
 */
export function newTag(runId: string, random: Random): string {
  return `${runId}${random.id(Math.max(4, 16 - runId.length))}`
}

export function rowsFile(filesDir: string, tag: string): string {
  return join(filesDir, `${tag}.rows.jsonl`)
}

/** Where the answers of an attempt lie; a later download, made because answers were missing, has a file of its own. */
export function answerFile(
  filesDir: string,
  { id, nonce, fetches }: Pick<AttemptRow, 'id' | 'nonce' | 'fetches'>,
  kind: 'output' | 'error',
): string {
  return join(filesDir, `${id}-${nonce}${fetches === 0 ? '' : `-${fetches}`}.${kind}.jsonl`)
}

/** The nonce of the attempt that a file is named by; null: it is named by a tag. */
export function attemptFileNonce(name: string): string | null {
  return /^\d+-([^.-]+)[.-]/.exec(name)?.[1] ?? null
}

/** How long a file is; null: there is none. */
export async function bytesOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null
}

/** Every file that the answers of an attempt may lie in. */
export function answerFiles(
  filesDir: string,
  attempt: Pick<AttemptRow, 'id' | 'nonce' | 'fetches'>,
): readonly string[] {
  return Array.from({ length: attempt.fetches + 1 }, (_, fetches) =>
    (['output', 'error'] as const).map((kind) => answerFile(filesDir, { ...attempt, fetches }, kind)),
  ).flat()
}

/** The newest download of an attempt's answers that is whole on our disk, as the number of those before it; null: none is. */
export async function answersOnDisk(
  filesDir: string,
  { id, nonce }: Pick<AttemptRow, 'id' | 'nonce'>,
): Promise<number | null> {
  const names = await readdir(filesDir).catch(() => [])
  const fetches = names.flatMap((name) => {
    if (!name.startsWith(`${id}-${nonce}`)) return []
    const match = /^(?:-(\d+))?\.(?:output|error)\.jsonl$/.exec(name.slice(`${id}-${nonce}`.length))
    return match ? [Number(match[1] ?? 0)] : []
  })
  return fetches.length === 0 ? null : Math.max(...fetches)
}

/** A piece of a file as text. Throws E_DISK when it is not there whole. */
export async function readSlice(path: string, offset: number, length: number): Promise<string> {
  return (await readBytes(path, offset, length)).toString('utf8')
}

/** A piece of a file. Throws E_DISK when it is not there whole. */
export async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  try {
    await using file = await openFile(path, 'r')
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    if (bytesRead !== length) throw new Error(`it ends after ${offset + bytesRead} bytes`)
    return buffer
  } catch (thrown) {
    throw diskError('a stored file cannot be read', thrown, {
      where: path,
    })
  }
}

/** Larger ones leave the processor's cache between being filled and written. */
const bufferBytes = 1024 * 1024
/** So many full buffers may wait for the disk before whoever fills them has to wait too. */
const maxWaiting = 3

const writeSome = promisify(write)
const sync = promisify(fsync)
const syncData = promisify(fdatasync)

/** So many bytes are brought to the disk while the next ones are made, so that little is left to wait for in the end. */
const syncBytes = 16 * 1024 * 1024

/**
 * A writer of a file that is whole or absent: synced, and only then renamed to its final name. Full buffers are written
 * behind the caller's back, in their order, while the next one is filled; `room`, `close` and `rename` throw E_DISK
 * when the disk does not take them. Whoever opened one ends it by `rename` or `discard`.
 */
export class DurableFile {
  readonly #directory: string
  readonly #temporary: string
  readonly #handle: number
  #isOpen = true
  #buffer: Buffer
  #filled = 0
  #queued = 0
  readonly #spare: Buffer[]
  #waiting = 0
  #writing: Promise<void> = Promise.resolve()
  #unsynced = 0
  #syncing: Promise<void> | null = null

  /** `spare` keeps buffers for the next file, so that one file after the other takes no more memory than one. */
  constructor(directory: string, temporaryName: string, spare: Buffer[] = []) {
    this.#spare = spare
    this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
    this.#directory = directory
    this.#temporary = join(directory, `${temporaryName}.tmp`)
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      this.#handle = openSync(this.#temporary, 'w', 0o600)
    } catch (thrown) {
      throw this.#failure(thrown)
    }
  }

  /** Bytes added so far. */
  get bytes(): number {
    return this.#queued + this.#filled
  }

  addText(text: string): number {
    const most = text.length * 3
    if (most > this.#buffer.length) return this.addBytes(Buffer.from(text, 'utf8'))
    if (this.#filled + most > this.#buffer.length) this.#flush()
    const length = this.#buffer.write(text, this.#filled)
    this.#filled += length
    return length
  }

  /** The bytes are the caller's again when this returns. */
  addBytes(bytes: Uint8Array): number {
    if (this.#filled + bytes.length > this.#buffer.length) this.#flush()
    if (bytes.length > this.#buffer.length) this.#queue(Buffer.from(bytes))
    else {
      this.#buffer.set(bytes, this.#filled)
      this.#filled += bytes.length
    }
    return bytes.length
  }

  /** Waits while the disk is too far behind. */
  async room(): Promise<void> {
    if (this.#waiting >= maxWaiting) await this.#guard(() => this.#writing)
  }

  /** Syncs and closes; the file still has its temporary name. Returns its bytes. */
  async close(): Promise<number> {
    this.#flush()
    await this.#guard(async () => {
      await this.#writing
      await this.#syncing
      await sync(this.#handle)
      this.#closeHandle()
    })
    this.#spare.push(this.#buffer)
    return this.#queued
  }

  /** Gives the closed file its name for good. */
  async rename(path: string): Promise<void> {
    await this.#guard(async () => {
      renameSync(this.#temporary, path)
      await using directory = await openFile(this.#directory, 'r')
      await directory.sync()
    })
  }

  /** Nothing is left of a file that was not renamed. */
  async discard(): Promise<void> {
    // A number that is closed under a write may already stand for another file.
    await this.#writing.catch(() => undefined)
    await this.#syncing?.catch(() => undefined)
    this.#closeHandle()
    rmSync(this.#temporary, { force: true })
  }

  #closeHandle(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#handle)
  }

  #flush(): void {
    if (this.#filled === 0) return
    this.#queue(this.#buffer.subarray(0, this.#filled), this.#buffer)
    this.#buffer = this.#spare.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
    this.#filled = 0
  }

  /** Has bytes written after those before; `buffer` can be filled again then. */
  #queue(bytes: Uint8Array, buffer?: Buffer): void {
    this.#queued += bytes.length
    this.#waiting += 1
    this.#writing = this.#writeAfter(this.#writing, bytes, buffer)
    // A failure is told to whoever waits next.
    this.#writing.catch(() => undefined)
  }

  async #writeAfter(before: Promise<void>, bytes: Uint8Array, buffer?: Buffer): Promise<void> {
    await before
    for (let at = 0; at < bytes.length;)
      at += (await writeSome(this.#handle, bytes, at, bytes.length - at, null)).bytesWritten
    this.#waiting -= 1
    if (buffer) this.#spare.push(buffer)
    this.#unsynced += bytes.length
    if (this.#unsynced < syncBytes || this.#syncing !== null) return
    this.#unsynced = 0
    this.#syncing = syncData(this.#handle).then(() => void (this.#syncing = null))
    // A failure stays and is told when the file is closed: asked once more, Linux would say that all is well.
    this.#syncing.catch(() => undefined)
  }

  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (thrown) {
      throw this.#failure(thrown)
    }
  }

  #failure(thrown: unknown): OffpeakError {
    return diskError('a file cannot be written', thrown, {
      where: this.#temporary,
      fix: 'free some disk space and run `offpeak resume`; nothing that was stored is lost',
    })
  }
}

/** As much as tells a disk that takes files from one that has a last corner left. */
const triedBytes = 1024 * 1024

/** Whether a directory takes a file, which is gone again afterwards. */
export async function hasRoom(directory: string, random: Random): Promise<boolean> {
  let file: DurableFile | null = null
  try {
    file = new DurableFile(directory, `room-${random.id(8)}`)
    file.addBytes(Buffer.alloc(triedBytes))
    await file.close()
    return true
  } catch {
    return false
  } finally {
    await file?.discard()
  }
}
