import type { Chance } from '../../ports/clock.ts'
import { DurableFile } from './artefacts.ts'

/** As much as tells a disk that takes files from one that has a last corner left. */
const triedBytes = 1024 * 1024

/** Whether a directory takes a file, which is gone again afterwards. */
export async function hasRoom(directory: string, chance: Chance): Promise<boolean> {
  let file: DurableFile | null = null
  try {
    file = new DurableFile(directory, `room-${chance.id(8)}`)
    file.addBytes(Buffer.alloc(triedBytes))
    await file.close()
    return true
  } catch {
    return false
  } finally {
    await file?.discard()
  }
}
