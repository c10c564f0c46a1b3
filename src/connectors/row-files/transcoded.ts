/** A byte that never stands in UTF-8: whoever decodes the text finds it where the source could not be decoded. */
const notUtf8 = Buffer.from([0xff])

/**
 * A converter of bytes of an encoding into UTF-8, chunk by chunk. What is not valid there (half of a pair in UTF-16, a
 * byte that the encoding lacks) becomes a byte that is not valid in UTF-8, so that it stays a fault of its own record.
 */
export function transcoder(encoding: string): {
  readonly push: (chunk: Buffer) => Buffer
  readonly end: () => Buffer
} {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return fromUtf16(encoding === 'utf-16be')
  const decoder = new TextDecoder(encoding)
  return {
    push: (chunk) => marked(decoder.decode(chunk, { stream: true }), '\ufffd'),
    end: () => marked(decoder.decode(), '\ufffd'),
  }
}

function fromUtf16(isBigEndian: boolean): ReturnType<typeof transcoder> {
  // At most one odd byte and the first half of a pair.
  let rest = Buffer.alloc(0)
  return {
    push(chunk) {
      const bytes = Buffer.concat([rest, chunk])
      let whole = bytes.length - (bytes.length % 2)
      const high = whole > 0 ? bytes[isBigEndian ? whole - 2 : whole - 1] : undefined
      if (high !== undefined && high >= 0xd8 && high <= 0xdb) whole -= 2
      rest = Buffer.from(bytes.subarray(whole))
      const units = bytes.subarray(0, whole)
      return marked((isBigEndian ? units.swap16() : units).toString('utf16le'), null)
    },
    end: () => (rest.length === 0 ? rest : notUtf8),
  }
}

/** The text as UTF-8, with a fault in place of each `fault`, or of each half of a pair. */
function marked(text: string, fault: string | null): Buffer {
  if (fault === null ? text.isWellFormed() : !text.includes(fault)) return Buffer.from(text)
  const pieces = text.split(fault ?? /\p{Cs}/u)
  return Buffer.concat(
    pieces.flatMap((piece, index) => [...(index > 0 ? [notUtf8] : []), Buffer.from(piece)]),
  )
}
