import type { Random } from '../../ports/clock.ts'
import { DurableFile } from './durable-file.ts'

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
