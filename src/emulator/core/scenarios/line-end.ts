import { open } from 'node:fs/promises'

const blockBytes = 65_536
const newline = 0x0a

/** The place after the last end of a line at or before `position`; 0 where there is none. */
export async function lineEndBefore(path: string, position: number): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const block = Buffer.alloc(blockBytes)
    for (let end = position; end > 0; end -= blockBytes) {
      const start = Math.max(0, end - blockBytes)
      const { bytesRead } = await handle.read(block, 0, end - start, start)
      const found = block.subarray(0, bytesRead).lastIndexOf(newline)
      if (found !== -1) return start + found + 1
    }
    return 0
  } finally {
    await handle.close()
  }
}
