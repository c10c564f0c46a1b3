import { openFile } from '../open-file.ts'
import { type Line, lineSplitter } from '../../planning/text/split-lines.ts'

const chunkBytes = 1024 * 1024
/** Little enough that what is made of a group can be collected while it is young. */
const groupBytes = 256 * 1024
/** A line of a request file is never longer than a file may be. */
export const maxRequestLineBytes = 256 * 1024 * 1024

/**
 * The lines of a stored file from an offset on, in small groups: flat memory, split at 0x0A only. The bytes of
 * a group are valid until the next one is asked for.
 */
export async function* lineGroups(
  path: string,
  offset = 0,
  maxLineBytes?: number,
): AsyncGenerator<readonly Line[]> {
  await using file = await openFile(path, 'r')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let group: Line[] = []
  const splitter = lineSplitter((line) => group.push(line), {
    offset,
    ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
  })
  for (let at = offset; ;) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, at)
    if (bytesRead === 0) break
    at += bytesRead
    for (let from = 0; from < bytesRead; from += groupBytes) {
      splitter.push(buffer.subarray(from, Math.min(bytesRead, from + groupBytes)))
      if (group.length > 0) yield group
      group = []
    }
  }
  splitter.end()
  if (group.length > 0) yield group
}
