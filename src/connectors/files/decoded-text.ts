import { isUtf8 } from 'node:buffer'
import { OffpeakError } from '../../domain/errors.ts'

const marks = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
] as const

/**
 * A file as text, with its byte order mark if it has one: that decides the encoding, else `encoding`, else it is UTF-8. A
 * file that is not in its encoding is a problem; nothing is replaced by question marks.
 */
export function decodedText(
  bytes: Buffer,
  encoding: string | null,
): { readonly text: string; readonly problem?: undefined } | { readonly problem: string } {
  const marked = marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0]
  const named = marked ?? encoding ?? 'utf-8'
  if (named === 'utf-8' && marked === undefined && bytes.subarray(0, lookedAtBytes).includes(0))
    return { problem: 'holds NUL bytes, as UTF-16 without a mark does: name its `encoding`' }
  if (named === 'utf-8')
    return isUtf8(bytes)
      ? { text: bytes.toString('utf8') }
      : { problem: "is not valid UTF-8: name its `encoding`, such as 'windows-1252', or save it as UTF-8" }
  try {
    return { text: new TextDecoder(named, { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { problem: `is not valid ${named}` }
  }
}

const lookedAtBytes = 4_096

/** The guard against an encoding that nobody knows (WHATWG Encoding has the names): throws E_JOB_INVALID. */
export function requireEncoding(encoding: string | undefined): string | null {
  if (encoding === undefined) return null
  try {
    return new TextDecoder(encoding).encoding
  } catch {
    throw new OffpeakError('E_JOB_INVALID', `there is no encoding ${encoding}`, {
      fix: "name one of the WHATWG's, such as utf-8, utf-16le, windows-1252 or shift_jis",
    })
  }
}
