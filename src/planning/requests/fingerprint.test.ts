import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprint, hashRow } from './fingerprint.ts'

function distinct<Value>(values: readonly Value[], hash: (value: Value) => string): void {
  const hashes = values.map((value) => hash(value))
  expect(new Set(hashes).size).toBe(values.length)
}

describe('fingerprint', () => {
  test('is 32 hex characters that do not change between releases', () => {
    expect(fingerprint(['headnotes', 'v1'])).toBe('174068da970e233b1f680787654ae6ae')
  })

  test('tells apart parts that read alike when they are put together', () => {
    const bytes = new TextEncoder().encode('abc')
    distinct<readonly (string | Uint8Array)[]>(
      [[], [''], ['', ''], ['abc'], ['ab', 'c'], ['a', 'bc'], ['text:2;ab', 'c'], [bytes], ['a', bytes]],
      fingerprint,
    )
  })

  test('tells apart any two lists of parts', () => {
    const parts = fc.array(
      fc.string({ unit: fc.constantFrom('a', ';', ':', '1', '\ud800', '\ufffd', 'é') }),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(fingerprint(one) === fingerprint(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })

  test('gives the same for long parts however they are handed to the hash', () => {
    const long = 'x'.repeat(200_000)
    expect(fingerprint([long, 'y'])).toBe(fingerprint([long, 'y']))
    expect(fingerprint([long, 'y'])).not.toBe(fingerprint([`${long}y`, '']))
  })
})

describe('hashRow', () => {
  test('is 16 hex characters that do not change between releases', () => {
    expect(hashRow({ id: 1, text: 'A judgment', tags: ['x', null] })).toBe('4e97ab176c1d4c19')
  })

  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (row) => {
        expect(hashRow(Object.fromEntries(Object.entries(row).toReversed()))).toBe(hashRow(row))
      }),
    )
  })

  test('tells apart all JSON rows that differ', () => {
    const row = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.jsonValue({ maxDepth: 3 }), {
      maxKeys: 3,
    })
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? { entries: Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)) }
          : inner,
      )
    fc.assert(
      fc.property(row, row, (one, other) => {
        expect(hashRow(one) === hashRow(other)).toBe(sorted(one) === sorted(other))
      }),
    )
  })

  test('is the same for a long text however it lies in memory', () => {
    const long = 'é'.repeat(5_000)
    expect(hashRow({ a: `判${long}`.slice(1) })).toBe(hashRow({ a: long }))
  })

  test('tells apart long texts in one byte per character and in two', () => {
    const long = 'é'.repeat(200_000)
    distinct(
      [
        long,
        `${long}e`,
        `${long}é`,
        `${long}判`,
        `判${long}`,
        `${long}\ud800`,
        '\u00e9\u0000'.repeat(200_000),
      ],
      hashRow,
    )
  })

  test('tells apart values of different kinds that look alike', () => {
    distinct<unknown>(
      [
        {},
        { a: undefined },
        { a: null },
        { a: 'null' },
        { a: 0 },
        { a: '0' },
        { a: 0n },
        { a: false },
        { a: Number.NaN },
        { a: new Date(0) },
        { a: new Date(1) },
        { a: new Date(Number.NaN) },
        { a: '1970-01-01T00:00:00.000Z' },
        { a: [] },
        { a: {} },
        { a: [[]] },
        { a: [null] },
        { a: new Uint8Array([1]) },
        { a: new Uint8Array([2]) },
        { a: [1] },
        { a: { 0: 1 } },
        { a: new Map([['x', 1]]) },
        { a: new Set(['x', 1]) },
        { a: ['x', 1] },
        { a: { x: 1 } },
        { a: '\ud800' },
        { a: '\udc00' },
        { a: '\ufffd' },
        { a: 'text', b: 'more' },
        { a: 'text;', b: 'more' },
        { ab: 'c' },
        { a: 'bc' },
        null,
        [],
        'a',
        () => 1,
        Symbol.iterator,
      ],
      hashRow,
    )
  })

  test('sees a changed byte inside a view of a larger buffer and nothing outside it', () => {
    const buffer = new Uint8Array([1, 2, 3, 4])
    const view = buffer.subarray(1, 3)
    const before = hashRow({ view })
    buffer[0] = 9
    expect(hashRow({ view })).toBe(before)
    buffer[1] = 9
    expect(hashRow({ view })).not.toBe(before)
  })

  test('takes rows of 100,000 levels', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
    expect(hashRow(deep)).toMatch(/^[0-9a-f]{16}$/)
  })

  test('refuses a row that refers to itself', () => {
    const row: Record<string, unknown> = {}
    row['self'] = row
    expect(() => hashRow(row)).toThrow(/refers to itself/)
  })
})
