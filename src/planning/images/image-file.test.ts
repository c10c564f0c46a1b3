import { describe, expect, test } from 'vitest'
import { gifOf, jpegOf, pngOf, webpOf } from '../../../test/support/images.ts'
import { inspectImage } from './image-file.ts'

const whole = [
  ['image/png', pngOf(300, 20)],
  ['image/jpeg', jpegOf(300, 20)],
  ['image/gif', gifOf(300, 20)],
  ['image/webp', webpOf(300, 20)],
] as const

const problemOf = (bytes: Uint8Array | string): string => {
  const found = inspectImage(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  return 'problem' in found ? found.problem : 'fine'
}

describe('an image', () => {
  test.each(whole)('tells its type and size by its content: %s', (mediaType, bytes) => {
    expect(inspectImage(bytes)).toEqual({ mediaType, width: 300, height: 20 })
    expect(inspectImage(Buffer.concat([bytes, Buffer.from('more')]))).toMatchObject({ width: 300 })
  })

  test.each(whole)('that was cut off anywhere is a problem: %s', (_, bytes) => {
    for (let length = 1; length < bytes.length; length++) {
      // The end mark of a GIF is left out by some programs, and is all that is missing here.
      if (bytes[0] === 0x47 && length === bytes.length - 1) continue
      expect(problemOf(bytes.subarray(0, length))).toMatch(/^is (?:a broken image|no PNG)/)
    }
  })

  test('of a JPEG finds its size behind a preview that is a JPEG itself, and reads on to its end', () => {
    const preview = jpegOf(16, 16)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(preview.length + 2)
    const bytes = jpegOf(640, 480, Buffer.concat([Buffer.from([0xff, 0xe1]), length, preview]))
    expect(inspectImage(bytes)).toMatchObject({ width: 640, height: 480 })
    expect(problemOf(bytes.subarray(0, bytes.length - 2))).toContain('end is missing')
    const padded = jpegOf(8, 9, Buffer.from([0xff, 0xfe, 0, 2, 0, 1, 0xff, 0xff]))
    expect(inspectImage(padded)).toMatchObject({ width: 8, height: 9 })
  })

  test('of a WebP of any kind tells its size', () => {
    const lossy = webpOf(1, 1)
    lossy.write('VP8 ', 12, 'latin1')
    lossy.writeUIntBE(0x9d012a, 23, 3)
    lossy.writeUInt16LE(0x4000 | 320, 26)
    lossy.writeUInt16LE(200, 28)
    expect(inspectImage(lossy)).toMatchObject({ width: 320, height: 200 })
    const extended = webpOf(1, 1)
    extended.write('VP8X', 12, 'latin1')
    extended.writeUIntLE(4_999, 24, 3)
    extended.writeUIntLE(99, 27, 3)
    expect(inspectImage(extended)).toMatchObject({ width: 5_000, height: 100 })
  })

  test('that moves is a problem', () => {
    expect(problemOf(gifOf(4, 4, 3))).toBe(
      'is an animated GIF of 3 pictures, which models do not take: save one of them',
    )
  })

  test.each([
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0'],
    ['AVIF', '\0\0\0\x18ftypavif\0\0\0\0'],
    ['TIFF', 'II*\0\x08\0\0\0'],
    ['TIFF', 'MM\0*\0\0\0\x08'],
    ['BMP', 'BM\x36\0\0\0\0\0\0\0'],
    ['JPEG XL', '\xff\x0a\xfa'],
    ['SVG', '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="x">'],
    ['web page', '<!DOCTYPE html><title>404</title>'],
    ['PDF', '%PDF-1.7'],
    ['Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:00'],
    ['JSON', '{"error":"not found"}'],
    ['no PNG, JPEG, WebP or GIF', 'anything else'],
    ['is empty', ''],
  ])('of another kind is said to be one: %s', (name, content) => {
    expect(problemOf(content)).toContain(name)
  })

  test('that is broken is said to be', () => {
    expect(problemOf(Buffer.from('\x89PNG\n\x1a\n\0\0\0\0\0\0', 'latin1'))).toContain('sent as text')
    const noPicture = pngOf(1, 1)
    noPicture.write('iDAT', noPicture.indexOf('IDAT'), 'latin1')
    expect(problemOf(noPicture)).toContain('holds no picture')
    const strange = pngOf(1, 1)
    strange[25] = 7
    expect(problemOf(strange)).toContain('kind of pixels')
    expect(problemOf(pngOf(0, 5))).toBe('has no pixels: its size is 0 × 5')
    expect(problemOf(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).toContain('holds no picture')
  })
})
