import { open } from 'node:fs/promises'

const BLOCK_BYTES = 65_536
const NEWLINE = 0x0a

/** The place after the last end of a line at or before `position`; 0 where there is none. */
export async function lineEndBefore(path: string, position: number): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const block = Buffer.alloc(BLOCK_BYTES)
    for (let end = position; end > 0; end -= BLOCK_BYTES) {
      const start = Math.max(0, end - BLOCK_BYTES)
      const { bytesRead } = await handle.read(block, 0, end - start, start)
      const found = block.subarray(0, bytesRead).lastIndexOf(NEWLINE)
      if (found !== -1) return start + found + 1
    }
    return 0
  } finally {
    await handle.close()
  }
}
