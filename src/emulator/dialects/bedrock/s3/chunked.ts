import { Refusal } from '../../../core/errors.ts'

const lineEnd = Buffer.from('\r\n')
/** Longer than the head of a chunk with its signature, and than all trailers together. */
const maxHeadBytes = 4096

/**
 * The content of a body in `aws-chunked` (AWS document, "Signature calculations … multiple chunks"): each piece with its
 * length in front, headers behind the last. Trailers are noted by name. Throws a 400 for a body of another form.
 */
export async function* unchunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0)
  /** Bytes of the present chunk that have not come; -1: its head is next, -2: the trailers are. */
  let left = -1
  for await (const piece of source) {
    waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece])
    while (waiting.length > 0) {
      if (left > 0) {
        const taken = waiting.subarray(0, left)
        left -= taken.length
        waiting = waiting.subarray(taken.length)
        if (taken.length > 0) yield taken
        continue
      }
      const end = waiting.indexOf(lineEnd)
      if (end === -1) {
        if (waiting.length > maxHeadBytes) throw incomplete()
        break
      }
      const line = waiting.subarray(0, end).toString('latin1')
      waiting = waiting.subarray(end + lineEnd.length)
      if (left === -2) noteTrailer(line, trailers)
      else if (left === 0) {
        if (line !== '') throw incomplete()
        left = -1
      } else left = sizeOf(line)
    }
  }
  if (left !== -2) throw incomplete()
}

/** `400;chunk-signature=…`; the last chunk has no bytes. */
function sizeOf(line: string): number {
  const digits = /^([0-9a-f]{1,12})(?:;.*)?$/i.exec(line)?.[1]
  if (digits === undefined) throw incomplete()
  const size = Number.parseInt(digits, 16)
  return size === 0 ? -2 : size
}

function noteTrailer(line: string, trailers: Map<string, string>): void {
  const colon = line.indexOf(':')
  if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
}

function incomplete(): Refusal {
  return new Refusal(400, {
    message: 'The request body terminated unexpectedly',
    code: 'IncompleteBody',
  })
}
