import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineSplitter, splitLines, type Line } from './split-lines.ts'

/** What a line says once its bytes are gone. */
function seen(line: Line): readonly [string, number, number, number, boolean, boolean] {
  return [line.bytes.toString('latin1'), line.offset, line.length, line.number, line.tooLong, line.ended]
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [
    0,
    ...places.map((place) => Math.min(place, bytes.length)).sort((one, other) => one - other),
    bytes.length,
  ]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

const fileText = fc.array(
  fc.constantFrom('a', 'bc', '\n', '\n\n', '\r\n', '\r', '\u2028', '\u0085', 'é', '中', ' '),
  { maxLength: 40 },
)

describe('lineSplitter', () => {
  test('splits at 0x0A only, and offset and length cut every line out of the file again', () => {
    fc.assert(
      fc.property(fileText, fc.array(fc.nat(60)), (pieces, places) => {
        const bytes = Buffer.from(pieces.join(''))
        const lines = [...splitLines(cut(bytes, places))].map(seen)
        const parts = bytes.toString('latin1').split('\n')
        const expected = parts.at(-1) === '' ? parts.slice(0, -1) : parts
        expect(lines.map(([text]) => text)).toEqual(expected.map((text) => text.replace(/\r$/, '')))
        for (const [text, offset, length] of lines)
          expect(bytes.subarray(offset, offset + length).toString('latin1')).toBe(text)
        expect(lines.map(([, , , number]) => number)).toEqual(expected.map((_, index) => index + 1))
        expect(lines.map((line) => line[5])).toEqual(expected.map((_, index) => index < parts.length - 1))
      }),
    )
  })

  test('gives the same lines however the bytes are cut into chunks, also with a cap', () => {
    fc.assert(
      fc.property(
        fileText,
        fc.array(fc.nat(60)),
        fc.integer({ min: 1, max: 6 }),
        (pieces, places, maxLineBytes) => {
          const bytes = Buffer.from(pieces.join(''))
          const whole = [...splitLines([bytes], { maxLineBytes })].map(seen)
          const inPieces: unknown[] = []
          const splitter = lineSplitter((line) => inPieces.push(seen(line)), { maxLineBytes })
          for (const chunk of cut(bytes, places)) splitter.push(chunk)
          splitter.end()
          expect(inPieces).toEqual(whole)
        },
      ),
    )
  })

  test('lines of one chunk stay readable together when the one before was carried over', () => {
    const lines: Line[] = []
    const splitter = lineSplitter((line) => lines.push(line))
    splitter.push(Buffer.from('fir'))
    splitter.push(Buffer.from('st\nsecond\nthird'))
    splitter.end()
    expect(lines.slice(0, 2).map((line) => line.bytes.toString())).toEqual(['first', 'second'])
  })

  test('tells a line over the cap without keeping it, and continues behind it', () => {
    const lines = [
      ...splitLines([Buffer.from('ok\n'), Buffer.from('toolong'), Buffer.from('er\nok\n')], {
        maxLineBytes: 5,
      }),
    ]
    expect(lines.map(seen)).toEqual([
      ['ok', 0, 2, 1, false, true],
      ['', 3, 9, 2, true, true],
      ['ok', 13, 2, 3, false, true],
    ])
  })

  test('counts from the offset and number that it is given', () => {
    expect([...splitLines([Buffer.from('x\ny')], { offset: 100, number: 7 })].map(seen)).toEqual([
      ['x', 100, 1, 7, false, true],
      ['y', 102, 1, 8, false, false],
    ])
  })
})
