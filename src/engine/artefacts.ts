import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { Chance } from '../ports/clock.ts'

/** Where request and answer files lie: named by the tag that begins their ids, or by the attempt that fetched them. */
export function requestFile(filesDir: string, tag: string): string {
  return join(filesDir, `${tag}.jsonl`)
}

/**
 * The tag of a new file: sixteen characters that begin with the run's id, so that what a killed process has left
 * unfinished can be told from what others are writing.
 */
export function newTag(runId: string, chance: Chance): string {
  return `${runId}${chance.id(Math.max(4, 16 - runId.length))}`
}

export function rowsFile(filesDir: string, tag: string): string {
  return join(filesDir, `${tag}.rows.jsonl`)
}

export function answerFile(
  filesDir: string,
  attemptId: number,
  nonce: string,
  kind: 'output' | 'error',
): string {
  return join(filesDir, `${attemptId}-${nonce}.${kind}.jsonl`)
}

/** A piece of a file as text. Throws E_DISK when it is not there whole. */
export async function readSlice(path: string, offset: number, length: number): Promise<string> {
  return (await readBytes(path, offset, length)).toString('utf8')
}

/** A piece of a file. Throws E_DISK when it is not there whole. */
export async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  try {
    await using file = await open(path, 'r')
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await file.read(buffer, 0, length, offset)
    if (bytesRead !== length) throw new Error(`it ends after ${offset + bytesRead} bytes`)
    return buffer
  } catch (thrown) {
    throw new OffpeakError('E_DISK', `a stored file cannot be read: ${messageOf(thrown)}`, {
      where: path,
      cause: thrown,
    })
  }
}

/** Larger ones leave the processor's cache between being filled, hashed and written. */
const bufferBytes = 1024 * 1024

/**
 * Writes a file that is whole or absent: one reused buffer, the digest taken on the way, synced and renamed to the
 * name it is meant to have. Throws E_DISK when the disk does not take it; nothing is left behind then.
 */
export class DurableFile {
  readonly #directory: string
  readonly #temporary: string
  readonly #handle: number
  readonly #hash: Hash = createHash('sha256')
  readonly #buffer: Buffer
  #filled = 0
  #written = 0

  constructor(directory: string, temporaryName: string, buffer: Buffer = Buffer.allocUnsafe(bufferBytes)) {
    this.#directory = directory
    this.#temporary = join(directory, `${temporaryName}.tmp`)
    this.#buffer = buffer
    this.#handle = this.#guard(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      return openSync(this.#temporary, 'w', 0o600)
    })
  }

  /** Bytes added so far. */
  get bytes(): number {
    return this.#written + this.#filled
  }

  addText(text: string): number {
    const most = text.length * 3
    if (most > this.#buffer.length) return this.addBytes(Buffer.from(text, 'utf8'))
    if (this.#filled + most > this.#buffer.length) this.#flush()
    const length = this.#buffer.write(text, this.#filled)
    this.#filled += length
    return length
  }

  addBytes(bytes: Uint8Array): number {
    if (this.#filled + bytes.length > this.#buffer.length) this.#flush()
    if (bytes.length > this.#buffer.length) this.#write(bytes)
    else {
      this.#buffer.set(bytes, this.#filled)
      this.#filled += bytes.length
    }
    return bytes.length
  }

  /** Syncs and closes; the file still has its temporary name. */
  close(): { readonly sha256: string; readonly bytes: number } {
    this.#flush()
    this.#guard(() => {
      fsyncSync(this.#handle)
      closeSync(this.#handle)
    })
    return { sha256: this.#hash.digest('hex'), bytes: this.#written }
  }

  /** Gives the closed file its name for good. */
  rename(path: string): void {
    this.#guard(() => {
      renameSync(this.#temporary, path)
      const directory = openSync(this.#directory, 'r')
      fsyncSync(directory)
      closeSync(directory)
    })
  }

  discard(): void {
    try {
      closeSync(this.#handle)
    } catch {
      // It was closed before; only the name is left to remove.
    }
    rmSync(this.#temporary, { force: true })
  }

  #flush(): void {
    if (this.#filled > 0) this.#write(this.#buffer.subarray(0, this.#filled))
    this.#filled = 0
  }

  #write(bytes: Uint8Array): void {
    this.#guard(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#handle, bytes, at)
    })
    this.#hash.update(bytes)
    this.#written += bytes.length
  }

  #guard<Result>(act: () => Result): Result {
    try {
      return act()
    } catch (thrown) {
      this.discard()
      throw new OffpeakError('E_DISK', `a file cannot be written: ${messageOf(thrown)}`, {
        where: this.#temporary,
        fix: 'free some disk space and run `offpeak resume`; nothing that was stored is lost',
        cause: thrown,
      })
    }
  }
}
