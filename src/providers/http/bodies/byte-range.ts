import type { IncomingHttpHeaders } from 'node:http'

/** Version and size of a body that breaks off, so that the rest of this very version can be asked for. */
export interface Version {
  /** A strong `ETag` or a `Last-Modified` that can serve as one; null: the rest cannot be asked for safely. */
  readonly validator: string | null
  readonly totalBytes: number | null
}

/** A date proves a version only when it is older than the answer by more than it can tell (RFC 9110, 8.8.2.2). */
const dateResolutionMs = 1_000

/** The version that an answer with the whole body belongs to; pure. */
export function versionOf(headers: IncomingHttpHeaders, packed: boolean): Version {
  const totalBytes = packed ? null : announcedBytes(headers)
  const refusesRanges = headers['accept-ranges']?.trim().toLowerCase() === 'none'
  if (packed || refusesRanges) return { validator: null, totalBytes }
  const { etag } = headers
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return { validator: etag, totalBytes }
  const modified = headers['last-modified']
  const ageMs = Date.parse(headers.date ?? '') - Date.parse(modified ?? '')
  return { validator: modified !== undefined && ageMs >= dateResolutionMs ? modified : null, totalBytes }
}

/** The headers that ask for the rest of a version, and for all of it should there be another one (RFC 9110, 13.1.5). */
export function restHeaders(fromByte: number, { validator }: Version): Readonly<Record<string, string>> {
  return fromByte === 0 || validator === null ? {} : { range: `bytes=${fromByte}-`, 'if-range': validator }
}

/**
 * The length of the whole body, if a 206 is exactly its rest from a byte on and of the same version; null otherwise, and
 * then not a byte of it may be used.
 */
export function restOf(headers: IncomingHttpHeaders, fromByte: number, version: Version): number | null {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return null
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(headers['content-range']?.trim() ?? '')
  if (range === null) return null
  const [start, end, total] = range.slice(1).map(Number)
  if (start !== fromByte || total === undefined || end !== total - 1) return null
  if (version.totalBytes !== null && version.totalBytes !== total) return null
  const { validator } = version
  const isTag = validator?.startsWith('"') === true
  // With a tag asked for, the answer has to carry it; a date may be left out, but not be another one.
  if (isTag ? headers.etag !== validator : (headers['last-modified'] ?? validator) !== validator) return null
  return total
}

/** The length that an answer gives of its body as it is sent. */
export function announcedBytes(headers: IncomingHttpHeaders): number | null {
  const length = headers['content-length']
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : null
}
