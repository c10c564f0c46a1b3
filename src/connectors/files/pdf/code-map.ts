/**
 * How many bytes of UTF-8 each code of a font stands for, by its map to Unicode (PDF 32000-1, 9.10.3); codes that the
 * map leaves out are not in it.
 */
export function readCodeMap(text: string): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>()
  for (const [, body = ''] of text.matchAll(/beginbfchar\b([^]*?)endbfchar/g)) {
    for (const [, code = '', target = ''] of body.matchAll(/<([^>]*)>\s*<([^>]*)>/g))
      bytes.set(numberOf(code), utf8Bytes(target))
  }
  for (const [, body = ''] of text.matchAll(/beginbfrange\b([^]*?)endbfrange/g)) {
    const ranges = body.matchAll(/<([^>]*)>\s*<([^>]*)>\s*(?:<([^>]*)>|\[([^\]]*)\])/g)
    for (const [, first = '', last = '', target, list] of ranges) {
      const [from, to] = [numberOf(first), Math.min(numberOf(last), numberOf(first) + mostInRange)]
      if (list !== undefined) {
        const targets = [...list.matchAll(/<([^>]*)>/g)]
        for (const [index, [, one = '']] of targets.entries()) bytes.set(from + index, utf8Bytes(one))
      } else if (target !== undefined) {
        // The last character counts up, and may need more bytes on its way.
        const most = utf8Bytes(target) + (from === to ? 0 : 2)
        const exact = target.length === 4 && numberOf(target) + to - from < 0x80 ? 1 : most
        for (let code = from; code <= to; code += 1) bytes.set(code, exact)
      }
    }
  }
  return bytes
}

const mostInRange = 0xffff

function numberOf(hex: string): number {
  return Number.parseInt(hex.replaceAll(/\s/g, ''), 16)
}

/** Of UTF-16 in hexadecimal digits. */
function utf8Bytes(hex: string): number {
  const utf16 = Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')
  const whole = utf16.subarray(0, utf16.length & ~1)
  return Math.max(utf16.length % 2, Buffer.byteLength(Buffer.from(whole).swap16().toString('utf16le')))
}
