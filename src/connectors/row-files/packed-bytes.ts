import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { OffpeakError, messageOf } from '../../domain/errors.ts'

export type Packing = 'gzip' | 'zstd'

const chunkBytes = 256 * 1024
const zstdMagic = 0xfd2fb528

const packings: readonly (readonly [magic: string, Packing])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
]

/** First bytes of what is no text, in hex, whatever the name says: what it is, and the way out. No text begins so. */
const others: readonly (readonly [magic: RegExp, what: string, fix: string])[] = [
  [/^504b0304/, 'a zip archive (or an Excel workbook)', 'Unpack it, or save its table as CSV.'],
  [/^d0cf11e0/, 'an Excel workbook', 'Save its table as CSV.'],
  [/^425a683.314159265359/, 'packed with bzip2', 'Unpack it, or pack it with gzip or zstd.'],
  [/^fd377a585a00/, 'packed with xz', 'Unpack it, or pack it with gzip or zstd.'],
  [/^50415231(?!09|0a|0d)[01]/, 'a Parquet file', 'Read it by parquet.rows.'],
  [/^53514c69746520666f726d6174203300/, 'a SQLite database', 'Read it by sqlite.rows.'],
]

/** How many bytes `packingOf` looks at. */
export const magicBytes = 16

/** How a file with this beginning is packed; null when it is not. E_SOURCE_FILE for what is no text at all. */
export function packingOf(head: Buffer, file: string): Packing | null {
  const hex = head.toString('hex')
  if (isSkippable(head)) return 'zstd'
  const packing = packings.find(([magic]) => hex.startsWith(magic))?.[1]
  if (packing) return packing
  const other = others.find(([magic]) => magic.test(hex))
  if (!other) return null
  const [, what, fix] = other
  throw new OffpeakError('E_SOURCE_FILE', `The file ${file} is ${what}, not text`, { where: file, fix })
}

/** E_SOURCE_FILE for a packed file whose content, which begins so, is no text or is packed again. */
export function requireText(head: Buffer, file: string): void {
  const packing = packingOf(head, file)
  if (packing === null) return
  throw new OffpeakError('E_SOURCE_FILE', `The file ${file} is packed twice: ${packing} is in it again`, {
    where: file,
    fix: 'Unpack it once.',
  })
}

/**
 * The bytes of a packed file from its beginning: all members of a gzip file, all frames of a zstd file, with memory of
 * one chunk (and zstd's window, at most 128 MiB). E_SOURCE_FILE where the file is cut off or damaged.
 */
export async function* unpacked(file: string, packing: Packing): AsyncGenerator<Buffer, void> {
  try {
    if (packing === 'gzip') yield* through(createGunzip({ chunkSize: chunkBytes }), file, 0)
    else yield* zstdFrames(file)
  } catch (thrown) {
    throw thrown instanceof OffpeakError ? thrown : packedError(file, packing, thrown)
  }
}

/**
 * Node's decoder ends, without a word, at a frame that holds no data (zstd's "skippable" frames, which pzstd and
 * seekable files have) and at what is no frame; how far it came tells where to go on.
 */
async function* zstdFrames(file: string): AsyncGenerator<Buffer, void> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    for (let at = 0; at < size;) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, at)
      if (bytesRead === 8 && isSkippable(buffer)) {
        at += 8 + buffer.readUInt32LE(4)
        continue
      }
      if (bytesRead < 4 || buffer.readUInt32LE(0) !== zstdMagic)
        throw packedError(file, 'zstd', new Error(`what stands at byte ${at} is no frame`))
      const decoder = createZstdDecompress({ chunkSize: chunkBytes })
      yield* through(decoder, file, at)
      at += decoder.bytesWritten
    }
  } finally {
    await handle.close()
  }
}

async function* through(
  decoder: Transform & { readonly bytesWritten: number },
  file: string,
  start: number,
): AsyncGenerator<Buffer, void> {
  const input = createReadStream(file, { start, highWaterMark: chunkBytes })
  // A failure of the file arrives as one of the decoder, which is iterated.
  pipeline(input, decoder, () => undefined)
  try {
    for await (const chunk of decoder) if (Buffer.isBuffer(chunk)) yield chunk
  } finally {
    input.destroy()
    decoder.destroy()
  }
}

/** A frame that holds no data: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2 */
function isSkippable(head: Buffer): boolean {
  return head.length >= 4 && (head.readUInt32LE(0) & 0xfffffff0) === 0x184d2a50
}

function packedError(file: string, packing: Packing, cause: unknown): unknown {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  // What the file system says is told by the reader of the file.
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return cause
  if (code === 'ZSTD_error_dictionary_wrong' || /dictionary/i.test(messageOf(cause)))
    return new OffpeakError('E_SOURCE_FILE', `The ${packing} file ${file} was packed with a dictionary`, {
      where: file,
      fix: 'Unpack it with the dictionary first: `zstd -d -D <dictionary>`.',
      cause,
    })
  const why = code === 'Z_BUF_ERROR' ? 'is cut off: its end is missing' : `is damaged: ${messageOf(cause)}`
  return new OffpeakError('E_SOURCE_FILE', `The ${packing} file ${file} ${why}`, {
    where: file,
    fix: `Fetch or write it again; \`${packing} -t\` tests it.`,
    cause,
  })
}
