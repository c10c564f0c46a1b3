import { open } from 'node:fs/promises'

const blockBytes = 262_144
const newline = 0x0a

/**
 * A page of lines of a file of results, from a place on; `next` is the place behind them, `null` at the end of the
 * file.
 */
export async function readPage(
  path: string,
  start: number,
  limit: number,
): Promise<{ readonly lines: readonly string[]; readonly next: number | null }> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const lines: string[] = []
    let waiting: Buffer = Buffer.alloc(0)
    let position = start
    let done = start
    while (position < size) {
      const block = Buffer.alloc(Math.min(blockBytes, size - position))
      const { bytesRead } = await handle.read(block, 0, block.length, position)
      position += bytesRead
      waiting = Buffer.concat([waiting, block.subarray(0, bytesRead)])
      for (let end = waiting.indexOf(newline); end !== -1; end = waiting.indexOf(newline)) {
        if (lines.length === limit) return { lines, next: done }
        lines.push(waiting.subarray(0, end).toString('utf8'))
        done += end + 1
        waiting = waiting.subarray(end + 1)
      }
    }
    if (waiting.length === 0) return { lines, next: null }
    if (lines.length === limit) return { lines, next: done }
    return { lines: [...lines, waiting.toString('utf8')], next: null }
  } finally {
    await handle.close()
  }
}
