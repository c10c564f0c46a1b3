import { rm } from 'node:fs/promises'
import { openFile } from '../open-file.ts'
import { diskError } from '../../domain/disk-fault.ts'

/** For what is on the wire while a disk fills: some answers of a model that writes much. */
const keptBytes = 1024 * 1024

/**
 * Room on a disk that is kept by a file of zeros, and given up for what must not be lost. Throws E_DISK when there is
 * not as much.
 */
export class KeptRoom implements AsyncDisposable {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  static async take(path: string): Promise<KeptRoom> {
    try {
      await using file = await openFile(path, 'w', 0o600)
      await file.writeFile(Buffer.alloc(keptBytes))
      await file.sync()
      return new KeptRoom(path)
    } catch (thrown) {
      await rm(path, { force: true })
      throw diskError('there is no room to keep answers in', thrown, { where: path })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#path, { force: true })
  }
}
