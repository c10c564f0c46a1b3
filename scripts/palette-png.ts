import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const mostColors = 256

/**
 * The same picture with a palette of at most 256 colours, less than half as large: pages have few colours, and the rest
 * are edges of letters. Takes what Chromium writes: 8 bits, RGB or RGBA, not interlaced, opaque.
 */
export function palettePng(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png)
  const counts = new Map<number, number>()
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1)
  const palette = paletteOf(counts)
  const places = new Map(palette.map((color, at) => [color, at]))
  const placeOf = (color: number): number => {
    const known = places.get(color)
    if (known !== undefined) return known
    const nearest = nearestOf(palette, color)
    places.set(color, nearest)
    return nearest
  }
  // Each line begins with its filter, which is none.
  const lines = Buffer.alloc(height * (width + 1))
  pixels.forEach((color, at) => (lines[at + Math.floor(at / width) + 1] = placeOf(color)))
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('PLTE', colors),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The most frequent colours of which no two are too close to each other, so that a rare one keeps its place. */
function paletteOf(counts: ReadonlyMap<number, number>): readonly number[] {
  const colors = [...counts].toSorted(([, one], [, other]) => other - one).map(([color]) => color)
  for (let apart = 0; ; apart += 4) {
    const palette: number[] = []
    for (const color of colors) {
      if (palette.every((other) => distance(color, other) > apart ** 2)) palette.push(color)
      if (palette.length > mostColors) break
    }
    if (palette.length <= mostColors) return palette
  }
}

function nearestOf(palette: readonly number[], color: number): number {
  let [best, least] = [0, Infinity]
  palette.forEach((other, at) => {
    const far = distance(color, other)
    if (far < least) [best, least] = [at, far]
  })
  return best
}

/** How far two colours are from each other, squared. */
function distance(one: number, other: number): number {
  const red = (one >> 16) - (other >> 16)
  const green = ((one >> 8) & 255) - ((other >> 8) & 255)
  const blue = (one & 255) - (other & 255)
  return red ** 2 + green ** 2 + blue ** 2
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, check])
}

interface Picture {
  readonly width: number
  readonly height: number
  /** 0xRRGGBB */
  readonly pixels: Uint32Array
}

function decode(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const step = png[25] === 6 ? 4 : 3
  if (png[24] !== 8 || (png[25] !== 2 && png[25] !== 6) || png[28] !== 0)
    throw new Error('not a picture as Chromium takes it')
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const raw = inflateSync(Buffer.concat(parts))
  const row = width * step
  const pixels = new Uint32Array(width * height)
  let above = new Uint8Array(row)
  for (let y = 0; y < height; y += 1) {
    const from = y * (row + 1)
    const line = new Uint8Array(raw.subarray(from + 1, from + 1 + row))
    unfilter(raw[from] ?? 0, line, above, step)
    for (let x = 0; x < width; x += 1) {
      const at = x * step
      pixels[y * width + x] = ((line[at] ?? 0) << 16) | ((line[at + 1] ?? 0) << 8) | (line[at + 2] ?? 0)
    }
    above = line
  }
  return { width, height, pixels }
}

/** Takes the filter of a line away: PNG specification, section 9. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  for (let at = 0; at < line.length; at += 1) {
    const left = at < step ? 0 : (line[at - step] ?? 0)
    const up = above[at] ?? 0
    const corner = at < step ? 0 : (above[at - step] ?? 0)
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
    line[at] = ((line[at] ?? 0) + guess) & 255
  }
}

function paeth(left: number, up: number, corner: number): number {
  const sum = left + up - corner
  const [toLeft, toUp, toCorner] = [Math.abs(sum - left), Math.abs(sum - up), Math.abs(sum - corner)]
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}
