import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'

const chunkBytes = 262_144
const newline = 0x0a

export interface Line {
  /** 1-based, as the service counts in its error lists. */
  readonly number: number
  readonly text: string
}

/**
 * The lines of a file in groups, one group per chunk, cut at byte 0x0A only. The file is open only while a chunk is
 * read, so that any number of batches may wait on the clock.
 */
export async function* readLines(path: string): AsyncGenerator<readonly Line[], void, undefined> {
  let position = 0
  let number = 0
  let pending: Buffer[] = []
  while (true) {
    // Others get their turn between chunks.
    await nextTurn()
    const chunk = readChunk(path, position)
    if (chunk.length === 0) break
    position += chunk.length
    const lines: Line[] = []
    let start = 0
    let end = chunk.indexOf(newline)
    while (end !== -1) {
      const piece = chunk.subarray(start, end)
      const bytes = pending.length === 0 ? piece : Buffer.concat([...pending, piece])
      pending = []
      number += 1
      lines.push({ number, text: decodeLine(bytes) })
      start = end + 1
      end = chunk.indexOf(newline, start)
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
    if (lines.length > 0) yield lines
  }
  if (pending.length > 0) yield [{ number: number + 1, text: decodeLine(Buffer.concat(pending)) }]
}

/** Blocking, since a chunk comes out of the page cache faster than out of a thread. */
function readChunk(path: string, position: number): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    return buffer.subarray(0, readSync(descriptor, buffer, 0, chunkBytes, position))
  } finally {
    closeSync(descriptor)
  }
}

/** A byte-order mark is kept: the service reports it as an unparseable first line. */
function decodeLine(bytes: Buffer): string {
  return bytes.toString('utf8')
}

export function isBlank(line: Line): boolean {
  return line.text.trim() === ''
}
