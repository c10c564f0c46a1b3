const newline = 0x0a
const carriageReturn = 0x0d
/** In bytes, for the first half of a line that goes on in the next chunk. */
const leastRoom = 4096

/** One line of a file, without its end (`\n` or `\r\n`). */
export interface Line {
  /** Shares memory with the chunk it came in: read it before the next chunk is pushed. Empty when `tooLong`. */
  readonly bytes: Buffer
  /** Where the line starts in the file, in bytes. */
  readonly offset: number
  /** Its bytes in the file without the line end, so that `offset` and `length` cut it out again. */
  readonly length: number
  /** Counted from 1. */
  readonly number: number
  /** The line is over the cap and its bytes were dropped. */
  readonly tooLong: boolean
  /** False only for a last line that no newline ends. */
  readonly ended: boolean
}

export interface SplitOptions {
  /** Where the first chunk starts in the file. */
  readonly offset?: number
  /** The number of the first line. */
  readonly number?: number
  /** Longer lines are dropped and told as `tooLong`; 64 MiB when left out, well below what a string can hold. */
  readonly maxLineBytes?: number
}

export interface LineSplitter {
  /** Calls `onLine` for every line that ends in this chunk. The chunk may be reused afterwards. */
  push(chunk: Uint8Array): void
  /** Tells the last line if no newline ended it. */
  end(): void
}

/**
 * A splitter of bytes into lines at 0x0A and nowhere else (U+2028, U+0085 and a lone CR are part of a JSON line), with
 * memory of one chunk and one line.
 */
export function lineSplitter(onLine: (line: Line) => void, options: SplitOptions = {}): LineSplitter {
  const { maxLineBytes = 64 * 1024 * 1024 } = options
  let number = options.number ?? 1
  let lineOffset = options.offset ?? 0
  let carried = Buffer.alloc(0)
  let carriedBytes = 0
  let droppedBytes = 0

  const tell = (bytes: Buffer, ended: boolean): void => {
    const length =
      bytes.length > 0 && bytes[bytes.length - 1] === carriageReturn ? bytes.length - 1 : bytes.length
    const line = {
      bytes: length === bytes.length ? bytes : bytes.subarray(0, length),
      offset: lineOffset,
      length,
      number,
      ended,
    }
    lineOffset += bytes.length + 1
    number += 1
    onLine({ ...line, tooLong: false })
  }
  const tellDropped = (length: number, ended: boolean): void => {
    const line = { bytes: Buffer.alloc(0), offset: lineOffset, length, number, tooLong: true, ended }
    lineOffset += length + 1
    number += 1
    droppedBytes = 0
    onLine(line)
  }
  const carry = (piece: Buffer): void => {
    if (droppedBytes > 0 || carriedBytes + piece.length > maxLineBytes) {
      droppedBytes += carriedBytes + piece.length
      carriedBytes = 0
      carried = Buffer.alloc(0)
      return
    }
    if (carried.length < carriedBytes + piece.length) {
      const grown = Buffer.allocUnsafe(Math.max(leastRoom, 2 * (carriedBytes + piece.length)))
      carried.copy(grown, 0, 0, carriedBytes)
      carried = grown
    }
    piece.copy(carried, carriedBytes)
    carriedBytes += piece.length
  }
  const finish = (piece: Buffer, ended: boolean): void => {
    if (carriedBytes === 0 && droppedBytes === 0) {
      if (piece.length > maxLineBytes) tellDropped(piece.length, ended)
      else tell(piece, ended)
      return
    }
    carry(piece)
    if (droppedBytes > 0) tellDropped(droppedBytes, ended)
    else {
      const bytes = carried.subarray(0, carriedBytes)
      // The line keeps this memory: lines may be collected and read after the chunk's rest has been carried.
      carried = Buffer.alloc(0)
      carriedBytes = 0
      tell(bytes, ended)
    }
  }
  return {
    push(chunk) {
      const buffer = Buffer.isBuffer(chunk)
        ? chunk
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let start = 0
      for (let end = buffer.indexOf(newline); end >= 0; end = buffer.indexOf(newline, start)) {
        finish(buffer.subarray(start, end), true)
        start = end + 1
      }
      if (start < buffer.length) carry(buffer.subarray(start))
    },
    end() {
      if (carriedBytes > 0 || droppedBytes > 0) finish(Buffer.alloc(0), false)
    },
  }
}

/** The lines of chunks that are at hand, one after the other; each is valid until the next one is asked for. */
export function* splitLines(chunks: Iterable<Uint8Array>, options: SplitOptions = {}): Generator<Line, void> {
  const lines: Line[] = []
  const splitter = lineSplitter((line) => lines.push(line), options)
  for (const chunk of chunks) {
    splitter.push(chunk)
    yield* lines
    lines.length = 0
  }
  splitter.end()
  yield* lines
}
