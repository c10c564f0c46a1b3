import { rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { giveBack } from '../../../planning/release-buffer.ts'
import { openFile } from '../../../engine/open-file.ts'
import { privateFile } from '../../../engine/files/private-files.ts'
import { diskError } from '../../../domain/disk-fault.ts'

/** Small pieces are gathered to this size before they are written. */
const writeBytes = 1_048_576

/**
 * A file in the making: `path.part` until it is whole, then synced, renamed and the folder synced, so that a file of the
 * name itself is always whole. Every method throws E_DISK when the machine cannot keep it.
 */
export class PartFile {
  readonly #path: string
  readonly #file: FileHandle
  #held: Buffer[] = []
  #heldBytes = 0
  #bytes = 0

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** An empty part beside `path`; what an earlier one has left there is gone. */
  static async open(path: string): Promise<PartFile> {
    return new PartFile(path, await onDisk(path, () => openFile(partOf(path), 'w', privateFile)))
  }

  /** Bytes that it has taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes a piece, whose memory it keeps: nobody may use it afterwards. `isShared`: others lie in the same memory. */
  async write(piece: Buffer, isShared: boolean): Promise<void> {
    this.#bytes += piece.length
    this.#heldBytes += piece.length
    this.#held.push(isShared ? Buffer.from(piece) : piece)
    if (this.#heldBytes >= writeBytes) await this.#flush()
  }

  /** Empties it again. */
  async restart(): Promise<void> {
    this.#held = []
    this.#heldBytes = 0
    this.#bytes = 0
    await onDisk(this.#path, () => this.#file.truncate(0))
  }

  /** Ends it as the file of its name. */
  async finish(): Promise<void> {
    await this.#flush()
    await onDisk(this.#path, async () => {
      await this.#file.sync()
      await this.#file.close()
      await rename(partOf(this.#path), this.#path)
      await syncFolder(dirname(this.#path))
    })
  }

  /** Ends it without a trace. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(partOf(this.#path), { force: true })
  }

  async #flush(): Promise<void> {
    const pieces = this.#held
    if (pieces.length === 0) return
    const expected = this.#heldBytes
    const at = this.#bytes - expected
    this.#held = []
    this.#heldBytes = 0
    await onDisk(this.#path, async () => {
      const { bytesWritten } = await this.#file.writev(pieces, at)
      if (bytesWritten === expected) return
      const rest = Buffer.concat(pieces).subarray(bytesWritten)
      for (let done = 0; done < rest.length;) {
        const more = await this.#file.write(rest, done, rest.length - done, at + bytesWritten + done)
        done += more.bytesWritten
      }
    })
    for (const piece of pieces) giveBack(piece)
  }
}

function partOf(path: string): string {
  return `${path}.part`
}

async function syncFolder(path: string): Promise<void> {
  const folder = await openFile(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function onDisk<Value>(path: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act()
  } catch (thrown) {
    throw diskError('the download could not be kept', thrown, {
      where: path,
      fix: 'make room or fix the folder, then run again; the file is still at the provider',
    })
  }
}
