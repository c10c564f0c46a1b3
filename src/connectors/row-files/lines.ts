import { isUtf8 } from 'node:buffer'
import { lineSplitter, type Line, type SplitOptions } from '../../planning/text/split-lines.ts'

/**
 * The lines of a text that comes in chunks, a chunk's worth at a time, with memory of one chunk and one line. The lines
 * of a block share its memory: use them before asking for the next block.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  options: SplitOptions = {},
): AsyncGenerator<readonly Line[], void> {
  const lines: Line[] = []
  const splitter = lineSplitter((line) => lines.push(line), options)
  for await (const chunk of chunks) {
    splitter.push(chunk)
    if (lines.length > 0) yield lines
    lines.length = 0
  }
  splitter.end()
  if (lines.length > 0) yield lines
}

/** Whether a line holds nothing but blanks. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

/** The line as text; null when it is not valid UTF-8. */
export function lineText({ bytes }: Line): string | null {
  return isUtf8(bytes) ? bytes.toString('utf8') : null
}
