import type { ImageFacts } from '../../domain/image.ts'
import { gifFacts, jpegFacts, pngFacts, webpFacts } from './image-formats.ts'

/**
 * The type and size of an image by its content, or why it cannot be sent: it is empty, another kind of file, cut off,
 * broken, or moves. The pixels are not decoded.
 */
export function inspectImage(bytes: Uint8Array): ImageFacts | { readonly problem: string } {
  if (bytes.length === 0) return { problem: 'is empty' }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const facts = factsOf(buffer)
  if ('problem' in facts || (facts.width > 0 && facts.height > 0)) return facts
  return { problem: `has no pixels: its size is ${facts.width} × ${facts.height}` }
}

function factsOf(bytes: Buffer): ImageFacts | { readonly problem: string } {
  const start = bytes.toString('latin1', 0, startBytes)
  if (start.startsWith('\x89PNG')) return pngFacts(bytes)
  if (start.startsWith('\xff\xd8\xff')) return jpegFacts(bytes)
  if (/^GIF8[79]a/.test(start)) return gifFacts(bytes)
  if (/^RIFF[^]{4}WEBP/.test(start)) return webpFacts(bytes)
  const other = others.find(([pattern]) => pattern.test(start))
  if (other === undefined) return { problem: `is no PNG, JPEG, WebP or GIF image: its content is another` }
  const [, name, fix = 'convert it to PNG or JPEG first'] = other
  return { problem: `is ${name}, which models do not take: ${fix}` }
}

const startBytes = 1_024

const wrongFile = 'put the image itself in its place'
/** Files of other kinds by how they begin: those of cameras and scanners, and what a failed download leaves behind. */
const others: readonly (readonly [RegExp, string, string?])[] = [
  [/^[^]{4}ftyp(?:hei[cmsx]|hev[cmx]|mif1|msf1)/, 'a HEIC image'],
  [/^[^]{4}ftypavi[fs]/, 'an AVIF image'],
  [/^(?:II\*\0|MM\0\*|II\+\0|MM\0\+)/, 'a TIFF image'],
  [/^BM[^]{4}\0{4}/, 'a BMP image'],
  [/^(?:\xff\n|\0\0\0\fJXL )/, 'a JPEG XL image'],
  [/^(?:\0\0\0\fjP {2}|\xff\x4f\xff\x51)/, 'a JPEG 2000 image'],
  [/^8BPS/, 'a Photoshop file'],
  [/^\0\0[^\0]\0[^\0]\0/, 'an icon'],
  [/^[^]{4}ftyp/, 'a video'],
  [/^%PDF-/, 'a PDF', 'read it with files.pdf, or name it .pdf'],
  [/^PK\W\W/, 'a ZIP archive', wrongFile],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS', 'fetch the files with `git lfs pull`'],
  [
    /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]*?)?(?:<!--[^]*?-->\s*)?(?:<!DOCTYPE svg[^]*?>\s*)?<svg[\s>]/i,
    'an SVG drawing',
  ],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body)\b/i, 'a web page', wrongFile],
  [/^\s*[[{]"/, 'JSON', wrongFile],
]
