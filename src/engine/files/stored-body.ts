import { Buffer } from 'node:buffer'
import type { AttachedSpan } from './write-body.ts'

/** The id and what stands before it hold no object: the first one of a line is its body. */
const bodyStart = Buffer.from(':{')

/** The body in a line of a request file, whichever service it is for; null for what is no such line. */
export function bodyOfLine(line: Buffer): Buffer | null {
  const start = line.indexOf(bodyStart)
  return start === -1 ? null : line.subarray(start + 1, line.lastIndexOf('}'))
}

/** The JSON value of a body with words instead of its files. */
export function withoutFiles(body: Buffer, spans: readonly AttachedSpan[]): unknown {
  let text = ''
  let from = 0
  for (const { at, length, words } of spans) {
    text += body.toString('utf8', from, at) + JSON.stringify(`[${words}]`).slice(1, -1)
    from = at + length
  }
  return JSON.parse(text + body.toString('utf8', from)) as unknown
}
