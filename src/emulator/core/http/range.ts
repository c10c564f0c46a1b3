import type { IncomingHttpHeaders } from 'node:http'

/** Both ends belong to it, as in `Content-Range` (RFC 9110, 14.1.2). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * The one range that a request asks for. `null`: all of it is sent, since nothing is asked, the file is another one
 * than `If-Range` names, or the form is not understood.
 */
export function readRange(
  headers: IncomingHttpHeaders,
  etag: string,
  bytes: number,
): ByteRange | 'unsatisfiable' | null {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '')
  const condition = headers['if-range']
  if (!parts || (condition !== undefined && condition !== etag)) return null
  const [, first = '', last = ''] = parts
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  return start > end || start >= bytes ? 'unsatisfiable' : { start, end }
}
