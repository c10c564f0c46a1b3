import type { ImageFacts } from '../../domain/image.ts'

type Found = ImageFacts | { readonly problem: string }

const cutOff = { problem: 'is a broken image: its end is missing, as of a file that was cut off' }

function broken(why: string): { readonly problem: string } {
  return { problem: `is a broken image: ${why}` }
}

/** PNG (W3C, Portable Network Graphics, third edition, §5): chunks of length, name, data and checksum, IEND last. */
export function pngFacts(bytes: Buffer): Found {
  if (bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n')
    return bytes.length < 8 ? cutOff : broken('its first bytes were changed, as of a file sent as text')
  let facts: ImageFacts | null = null
  let hasPixels = false
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    const next = at + 12 + length
    if (!/^[A-Za-z]{4}$/.test(name)) return broken('a chunk of it has no name')
    if (next > bytes.length) return cutOff
    if (facts === null) {
      if (name !== 'IHDR' || length !== 13) return broken('it does not begin with its size')
      const [depth = 0, colour = 0] = [bytes[at + 16], bytes[at + 17]]
      if (!(depthsOfColour[colour] ?? []).includes(depth)) return broken('its kind of pixels is unknown')
      facts = {
        mediaType: 'image/png',
        width: bytes.readUInt32BE(at + 8),
        height: bytes.readUInt32BE(at + 12),
      }
    }
    if (name === 'IDAT') hasPixels = true
    if (name === 'IEND') return hasPixels ? facts : broken('it holds no picture')
    at = next
  }
  return cutOff
}

/** Bits of a sample by type of colour (the same, §11.2.1). */
const depthsOfColour: readonly (readonly number[] | undefined)[] = [
  [1, 2, 4, 8, 16],
  undefined,
  [8, 16],
  [1, 2, 4, 8],
  [8, 16],
  undefined,
  [8, 16],
]

/** Markers without a length, which stand in the pixels too: a byte 0xFF, and restarts (ITU-T T.81, B.1.1.2). */
const isInPixels = (code: number): boolean => code === 0 || (code >= 0xd0 && code <= 0xd7)

/** JPEG (ITU-T T.81, annex B): segments that begin with 0xFF and a code, pixels behind SOS, EOI last. */
export function jpegFacts(bytes: Buffer): Found {
  let facts: ImageFacts | null = null
  let hasPixels = false
  for (let at = 2; ;) {
    // Some programs put bytes between segments; every reader looks for the next one.
    at = bytes.indexOf(0xff, at)
    if (at === -1 || at + 1 >= bytes.length) return cutOff
    const code = bytes[at + 1] ?? 0
    if (code === 0xff) at += 1
    else if (isInPixels(code) || code === 1) at += 2
    else if (code === 0xd9) {
      if (facts === null || !hasPixels) return broken('it holds no picture')
      return facts
    } else {
      if (at + 4 > bytes.length) return cutOff
      const length = bytes.readUInt16BE(at + 2)
      if (length < 2) return broken('a segment of it has no length')
      if (at + 2 + length > bytes.length) return cutOff
      // Frame headers are C0 to CF, without the tables C4 and CC, and C8, which is reserved.
      if (code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code) && length >= 8)
        facts ??= {
          mediaType: 'image/jpeg',
          height: bytes.readUInt16BE(at + 5),
          width: bytes.readUInt16BE(at + 7),
        }
      if (code === 0xda) hasPixels = true
      at += 2 + length
    }
  }
}

/** GIF (GIF89a specification): blocks of blocks of at most 255 bytes, a trailer last, which some programs leave out. */
export function gifFacts(bytes: Buffer): Found {
  if (bytes.length < 13) return cutOff
  const facts: ImageFacts = {
    mediaType: 'image/gif',
    width: bytes.readUInt16LE(6),
    height: bytes.readUInt16LE(8),
  }
  const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let pictures = 0
  let at = 13 + tableBytes(bytes[10] ?? 0)
  while (at < bytes.length) {
    const kind = bytes[at]
    if (kind === 0x3b) break
    if (kind === 0) {
      at += 1
      continue
    }
    if (kind === 0x2c) at += 11 + tableBytes(bytes[at + 9] ?? 0)
    else if (kind === 0x21) at += 2
    else return broken('a block of it is of no known kind')
    for (let size = bytes[at]; size !== 0; size = bytes[at]) {
      if (size === undefined) return cutOff
      at += 1 + size
    }
    at += 1
    if (kind === 0x2c) pictures += 1
  }
  if (at > bytes.length || (pictures === 0 && at >= bytes.length)) return cutOff
  if (pictures === 0) return broken('it holds no picture')
  return pictures === 1
    ? facts
    : { problem: `is an animated GIF of ${pictures} pictures, which models do not take: save one of them` }
}

/** WebP (RFC 9649, §2): RIFF with its length, then chunks; the first of them tells the size. */
export function webpFacts(bytes: Buffer): Found {
  if (bytes.length < 30 || bytes.readUInt32LE(4) + 8 > bytes.length) return cutOff
  const name = bytes.toString('latin1', 12, 16)
  const size = (width: number, height: number): ImageFacts => ({ mediaType: 'image/webp', width, height })
  if (name === 'VP8X') return size(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1)
  if (name === 'VP8L') {
    if (bytes[20] !== 0x2f) return broken('its picture does not begin as one')
    const packed = bytes.readUInt32LE(21)
    return size((packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1)
  }
  if (name !== 'VP8 ') return broken('it holds no picture')
  if (bytes.readUIntBE(23, 3) !== 0x9d012a) return broken('its picture does not begin as one')
  return size(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff)
}
