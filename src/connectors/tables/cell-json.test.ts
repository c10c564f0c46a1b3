import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellJson, notWritten, writeCell } from './cell-json.ts'
import { exactNumbers } from '../../planning/text/raw-numbers.ts'
import { Unwritable } from './json-value.ts'

const room = Buffer.alloc(1024 * 1024)

/** What `writeCell` writes, read back; undefined when it leaves it to `cellJson`. */
function written(value: unknown, target = room, at = 3): unknown {
  const end = writeCell('c', value, target, at)
  return end === notWritten ? undefined : JSON.parse(target.toString('utf8', at, end))
}

function outcome(act: () => unknown): unknown {
  try {
    return act()
  } catch (thrown) {
    // Of two reasons, either form may meet another one first.
    return thrown instanceof Unwritable ? Unwritable : String(thrown)
  }
}

describe('a cell', () => {
  test('is written in bytes as it is in text, whatever it holds', () => {
    const odd = fc.constantFrom(undefined, () => 1, Symbol('s'), Number.NaN, Infinity, -0, 1e21, 1e-7)
    const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 0 }), odd)
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(value, (cell) => {
        const text = outcome(() => JSON.parse(cellJson('c', cell)))
        expect(outcome(() => written(cell) ?? JSON.parse(cellJson('c', cell)))).toEqual(text)
      }),
      { numRuns: 1_000 },
    )
  })

  test('is left to its text where only that knows the form', () => {
    class Point {
      readonly x = 1
    }
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1)
    const left = [
      { at: new Date(0) },
      [new Point()],
      { n: 1n },
      new Map(),
      circular,
      deep,
      { toJSON: () => 1 },
    ]
    for (const value of left) expect(writeCell('c', value, room, 0)).toBe(notWritten)
    expect(written(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
    expect(written(9n)).toBe('9')
    expect(written(Float32Array.of(1.5))).toEqual([1.5])
  })

  test('is not written where the room does not surely hold it, and nothing outside of the room is touched', () => {
    const value = { text: 'é'.repeat(10), list: [1, [2, [3, [4, ['', {}]]]], true, null] }
    const needed = Buffer.byteLength(cellJson('c', value))
    let fits = 0
    for (let size = 0; size < 600; size += 1) {
      const target = Buffer.alloc(size, 0xff)
      const end = writeCell('c', value, target, Math.min(5, size))
      if (end === notWritten) continue
      fits += 1
      expect(end - 5).toBe(needed)
      expect(JSON.parse(target.toString('utf8', 5, end))).toEqual(value)
      expect(target.subarray(0, 5).every((byte) => byte === 0xff)).toBe(true)
    }
    expect(fits).toBeGreaterThan(0)
  })

  test('that is a raw number is its digits in either form, at any depth', () => {
    const value = exactNumbers({ n: ['12345678901234567.89', '1e400', 5], at: new Date(0) })
    expect(cellJson('c', value)).toBe('{"n":[12345678901234567.89,1e400,5],"at":"1970-01-01T00:00:00.000Z"}')
    const plain = exactNumbers({ n: ['9007199254740993', 'x'] })
    const end = writeCell('c', plain, room, 0)
    expect(room.toString('utf8', 0, end)).toBe('{"n":[9007199254740993,"x"]}')
    // What only looks like one is an object as any other.
    const alike = Object.assign(Object.create(null), { rawJSON: '1' })
    expect(room.toString('utf8', 0, writeCell('c', alike, room, 0))).toBe('{"rawJSON":"1"}')
  })

  test('that PostgreSQL does not store is refused in either form, in keys too', () => {
    for (const value of ['a\0', '\ud800', { a: ['\udc00x'] }, { 'k\0': 1 }]) {
      expect(() => cellJson('c', value)).toThrow(Unwritable)
      expect(() => writeCell('c', value, room, 0)).toThrow(Unwritable)
    }
  })
})
