import { pipeline, Readable, type Duplex } from 'node:stream'

/** A body as it was before anything in between has packed it. */
export interface Unpacked {
  readonly pieces: AsyncIterable<Buffer>
  /** Whether it was packed: then its end is proven by the packing itself, and its announced length is another one. */
  readonly packed: boolean
}

/** More layers than this are nobody's mistake. */
const maxLayers = 3
/** The longest mark by which a packing is known. */
const markBytes = 4

/**
 * A body without its `Content-Encoding` (RFC 9110), although we ask for none: proxies pack what they like, and others
 * leave the label on what they have unpacked. So the bytes decide, and the label only where they say nothing. The
 * pieces throw when the packing is broken or ends early.
 */
export async function unpack(body: AsyncIterable<Buffer>, label: string | undefined): Promise<Unpacked> {
  const codings = (label ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  let pieces = body
  let packed = false
  // The last one named was applied last; a packing without any label is looked for once.
  for (const coding of [...codings.slice(-maxLayers).toReversed(), ...(codings.length === 0 ? [''] : [])]) {
    const { head, whole } = await peek(pieces, markBytes)
    const decoder = await decoderFor(coding, head)
    pieces = decoder === null ? whole : through(whole, decoder)
    packed ||= decoder !== null
  }
  return { pieces, packed }
}

async function decoderFor(coding: string, head: Buffer): Promise<Duplex | null> {
  const [first = 0, second = 0] = head
  const isGzip = first === 0x1f && second === 0x8b
  const isZstd = head.subarray(0, 4).equals(Buffer.of(0x28, 0xb5, 0x2f, 0xfd))
  const isNamed = (coding === 'deflate' || coding === 'br') && head.length > 0 && !isPlain(head)
  if (!isGzip && !isZstd && !isNamed) return null
  // Loaded when it is needed, which is hardly ever.
  const zlib = await import('node:zlib')
  if (isGzip) return zlib.createGunzip()
  if (isZstd) return zlib.createZstdDecompress()
  if (coding === 'br') return zlib.createBrotliDecompress()
  // `deflate` means zlib's format (RFC 1950), and some send the bare one (RFC 1951).
  const isZlib = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0
  return isZlib ? zlib.createInflate() : zlib.createInflateRaw()
}

/** JSON, JSONL or a page as it stands: no packed body of more than nothing begins so. */
function isPlain(head: Buffer): boolean {
  return /^\s*[{"<]/.test(head.toString('latin1'))
}

/**
 * The first bytes of a body, fewer only where it is shorter or breaks off, and the body with them: that throws what broke
 * it when it comes to that place.
 */
export async function peek(
  body: AsyncIterable<Buffer>,
  headBytes: number,
): Promise<{ readonly head: Buffer; readonly whole: AsyncIterable<Buffer> }> {
  const rest = body[Symbol.asyncIterator]()
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    while (bytes < headBytes) {
      const next = await rest.next()
      if (next.done === true) break
      pieces.push(next.value)
      bytes += next.value.length
    }
  } catch (thrown) {
    return { head: headOf(pieces, headBytes), whole: broken(pieces, thrown) }
  }
  return { head: headOf(pieces, headBytes), whole: joined(pieces, rest) }
}

function headOf(pieces: readonly Buffer[], headBytes: number): Buffer {
  return Buffer.concat(pieces.map((piece) => piece.subarray(0, headBytes))).subarray(0, headBytes)
}

async function* joined(pieces: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* pieces
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

async function* broken(pieces: readonly Buffer[], thrown: unknown): AsyncGenerator<Buffer> {
  yield* pieces
  throw thrown
}

function through(body: AsyncIterable<Buffer>, decoder: Duplex): AsyncIterable<Buffer> {
  // A failure of either destroys the decoder with it, and so reaches whoever reads from it.
  pipeline(Readable.from(body, { objectMode: true }), decoder, () => undefined)
  return decoder as AsyncIterable<Buffer>
}
