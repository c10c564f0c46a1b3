import { open } from 'node:fs/promises'
import { OffpeakError } from '../../domain/errors.ts'
import { magicBytes, packingOf, requireText, unpacked } from './packed-bytes.ts'
import { transcoder } from './transcoded.ts'

const chunkBytes = 256 * 1024

/** Encodings of text files by their names in the WHATWG standard (https://encoding.spec.whatwg.org). */
export type TextEncoding =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | 'windows-1250'
  | 'windows-1251'
  | 'windows-1252'
  | 'iso-8859-2'
  | 'iso-8859-15'
  | 'macintosh'
  | 'shift_jis'
  | 'euc-jp'
  | 'euc-kr'
  | 'big5'
  | 'gb18030'

/** A text file, unpacked and as UTF-8. Places in it are bytes of that form. */
export interface FileText {
  /** What the file really is in, for people. */
  readonly encoding: TextEncoding
  /** Where its text begins: behind a byte order mark. */
  readonly start: number
  /**
   * Its bytes from a place on, each chunk with memory of its own. Nothing leads to a place in a packed file, or in one of another
   * encoding: it is gone through from its beginning again, without being parsed.
   */
  chunks(from: number): AsyncGenerator<Buffer, void>
}

/**
 * A text file, opened as what its first bytes say: packed by gzip or zstd, and the encoding of a byte order mark, or
 * UTF-16 without one; else `encoding`. Throws E_SOURCE_FILE for archives, workbooks and UTF-32.
 */
export async function openText(file: string, encoding: TextEncoding = 'utf-8'): Promise<FileText> {
  const packing = packingOf(await headOf(fileBytes(file, 0, magicBytes)), file)
  const bytes = (from: number): AsyncGenerator<Buffer, void> =>
    packing === null ? fileBytes(file, from) : behind(unpacked(file, packing), from)
  const head = await headOf(packing === null ? fileBytes(file, 0, magicBytes) : bytes(0))
  if (packing !== null) requireText(head, file)
  const found = detected(head, encoding, file)
  if (found.encoding === 'utf-8') return { ...found, start: found.mark, chunks: bytes }
  return {
    encoding: found.encoding,
    start: 0,
    chunks: (from) => behind(asUtf8(bytes(found.mark), found.encoding), from),
  }
}

function detected(
  head: Buffer,
  named: TextEncoding,
  file: string,
): { readonly encoding: TextEncoding; readonly mark: number } {
  const hex = head.toString('hex', 0, 4)
  if (hex === 'fffe0000' || hex === '0000feff')
    throw new OffpeakError('E_SOURCE_FILE', `The file ${file} is UTF-32, which is not read here`, {
      where: file,
      fix: 'Save it as UTF-8.',
    })
  if (hex.startsWith('efbbbf')) return { encoding: 'utf-8', mark: 3 }
  if (hex.startsWith('fffe')) return { encoding: 'utf-16le', mark: 2 }
  if (hex.startsWith('feff')) return { encoding: 'utf-16be', mark: 2 }
  // No header and no JSON begins with a NUL, or has one behind its first character.
  if (/^(?!00)..00(?!00)..00$/.test(hex)) return { encoding: 'utf-16le', mark: 0 }
  if (/^00(?!00)..00(?!00)..$/.test(hex)) return { encoding: 'utf-16be', mark: 0 }
  return { encoding: named, mark: 0 }
}

async function* asUtf8(bytes: AsyncIterable<Buffer>, encoding: TextEncoding): AsyncGenerator<Buffer, void> {
  const { push, end } = transcoder(encoding)
  for await (const chunk of bytes) yield push(chunk)
  const last = end()
  if (last.length > 0) yield last
}

async function* behind(bytes: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer, void> {
  let left = from
  for await (const chunk of bytes) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

async function* fileBytes(file: string, from: number, size = chunkBytes): AsyncGenerator<Buffer, void> {
  const handle = await open(file, 'r')
  try {
    for (let position = from; ;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, position)
      if (bytesRead === 0) return
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** The first bytes; a first chunk may be shorter than they are. */
async function headOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    head = Buffer.concat([head, chunk])
    if (head.length >= magicBytes) break
  }
  return head.subarray(0, magicBytes)
}
