import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { lineSplitter, type Line, type SplitOptions } from '../../planning/split-lines.ts'

const chunkBytes = 1024 * 1024

/**
 * The lines of a file from a byte offset on, a chunk's worth at a time, with memory of one chunk and one line.
 * The lines of a block share its memory: use them before asking for the next block.
 */
export async function* readLines(
  file: string,
  options: SplitOptions = {},
): AsyncGenerator<readonly Line[], void> {
  const handle = await open(file, 'r')
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    const lines: Line[] = []
    const splitter = lineSplitter((line) => lines.push(line), options)
    for (let position = options.offset ?? 0; ;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position)
      if (bytesRead === 0) break
      position += bytesRead
      splitter.push(buffer.subarray(0, bytesRead))
      if (lines.length > 0) yield lines
      lines.length = 0
    }
    splitter.end()
    if (lines.length > 0) yield lines
  } finally {
    await handle.close()
  }
}

/** Whether a line holds nothing but blanks. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

/** The line as text without a byte order mark at the start of the file; null when it is not valid UTF-8. */
export function lineText(line: Line): string | null {
  if (!isUtf8(line.bytes)) return null
  const marked =
    line.offset === 0 && line.bytes[0] === 0xef && line.bytes[1] === 0xbb && line.bytes[2] === 0xbf
  return line.bytes.toString('utf8', marked ? 3 : 0)
}
