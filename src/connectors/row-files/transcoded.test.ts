import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { transcoder } from './transcoded.ts'

/** The bytes through a transcoder, in pieces of these lengths. */
function inPieces(bytes: Buffer, lengths: readonly number[], encoding: string): Buffer {
  const { push, end } = transcoder(encoding)
  const out: Buffer[] = []
  let at = 0
  for (const length of lengths) {
    out.push(push(Buffer.from(bytes.subarray(at, at + length))))
    at += length
  }
  return Buffer.concat([...out, push(Buffer.from(bytes.subarray(at))), end()])
}

const lengths = fc.array(fc.nat(7))

test('UTF-16 becomes UTF-8 wherever its chunks are cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), lengths, (text, cuts) => {
      const little = Buffer.from(text, 'utf16le')
      expect(inPieces(little, cuts, 'utf-16le').toString()).toBe(text)
      expect(inPieces(Buffer.from(little).swap16(), cuts, 'utf-16be').toString()).toBe(text)
    }),
  )
})

test('what is not valid becomes a byte that is no UTF-8, wherever its chunks are cut, and the rest stays', () => {
  fc.assert(
    fc.property(lengths, (cuts) => {
      const halves = Buffer.from('a\ud83db\ude00\ud83d\ude00\ud83d', 'utf16le')
      const marked = inPieces(halves, cuts, 'utf-16le')
      expect(marked.toString('latin1')).toBe('aÿbÿð\u009f\u0098\u0080ÿ')
      expect(inPieces(Buffer.from('61006', 'latin1'), cuts, 'utf-16be').at(-1)).toBe(0xff)
      expect(inPieces(Buffer.from('8365ff0a', 'hex'), cuts, 'shift_jis').toString('latin1')).toMatch(/ÿ\n$/)
    }),
  )
})
