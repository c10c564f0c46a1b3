import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyTextPolicy, textProblem } from './text-policy.ts'

function nested(levels: number): unknown {
  return JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)
}

describe('textProblem', () => {
  test('finds nothing wrong with what JSON and a database can hold', () => {
    const fine = {
      a: 'text',
      b: [1, null, true, '😀', 'é'],
      c: {},
      d: [],
      e: new Date(0),
      f: new Uint8Array([0]),
      g: undefined,
    }
    expect(textProblem(fine)).toBeNull()
    expect(textProblem('😀')).toBeNull()
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(textProblem(value)).toBeNull()
      }),
    )
  })

  test('names the place of a NUL or half a character', () => {
    expect(textProblem('a\0b')).toBe('holds a NUL character (U+0000)')
    expect(textProblem('a\ud83d')).toBe('holds a lone surrogate (half of a UTF-16 pair)')
    expect(textProblem({ topics: ['x', { name: 'y\0' }] })).toBe(
      'topics.1.name: holds a NUL character (U+0000)',
    )
    expect(textProblem([['ok'], '\udc00'])).toBe('1: holds a lone surrogate (half of a UTF-16 pair)')
  })

  test('knows a long text that it has seen from one that is nearly the same', () => {
    const fine = 'é'.repeat(500)
    const bad = ['\0', '\ud83d'].map((unit) => `${fine.slice(0, 250)}${unit}${fine.slice(251)}`)
    for (let round = 0; round < 6; round += 1) {
      expect(textProblem([fine, 'x'.repeat(300 + round), fine])).toBeNull()
      expect(bad.map((text) => textProblem({ text }))).toEqual([
        'text: holds a NUL character (U+0000)',
        'text: holds a lone surrogate (half of a UTF-16 pair)',
      ])
    }
  })

  test('looks at keys as well', () => {
    expect(textProblem({ a: { 'b\0': 1 } })).toMatch(/^a: a key holds a NUL/)
    expect(textProblem({ '\ud800': 1 })).toMatch(/^a key holds a lone surrogate/)
  })

  test('names the first of several places', () => {
    expect(textProblem({ a: [[], {}], b: '\0', c: '\0' })).toMatch(/^b: /)
  })

  test('refuses numbers that JSON does not have', () => {
    expect(textProblem(JSON.parse('{"a":[1e400]}'))).toBe('a.0: is Infinity, which JSON does not have')
    expect(textProblem(Number.NaN)).toBe('is NaN, which JSON does not have')
  })

  test('stops at its limits, a hundred thousand levels or a loop included', () => {
    expect(textProblem(nested(128))).toBeNull()
    expect(textProblem(nested(129))).toBe('is nested more than 128 levels deep')
    expect(textProblem(nested(100_000))).toBe('is nested more than 128 levels deep')
    expect(textProblem(nested(100_000), { maxDepth: 100_000, maxValues: 1e6 })).toBeNull()
    expect(textProblem([1, 2, 3], { maxDepth: 1, maxValues: 3 })).toBe('holds more than 3 values')
    expect(textProblem({ a: [1, 2, 3], b: 1 }, { maxDepth: 2, maxValues: 6 })).toBeNull()
    expect(textProblem({ a: [1, 2, 3], b: 1 }, { maxDepth: 2, maxValues: 5 })).toBe(
      'holds more than 5 values',
    )
    expect(textProblem({ a: [1, 2, Number.NaN] })).toBe('a.2: is NaN, which JSON does not have')
    const loop: unknown[] = []
    loop.push(loop)
    expect(textProblem(loop)).toBe('is nested more than 128 levels deep')
  })

  test('reads own keys only, and `__proto__` as a key like any other', () => {
    expect(textProblem(Object.create({ inherited: '\0' }))).toBeNull()
    expect(textProblem(JSON.parse('{"__proto__":"\\u0000"}'))).toMatch(/^__proto__: holds a NUL/)
  })
})

describe('applyTextPolicy', () => {
  test('rejects by naming the problem and leaves the value alone', () => {
    const value = { a: '\0' }
    expect(applyTextPolicy(value, 'reject')).toEqual({
      value,
      replaced: 0,
      problem: 'a: holds a NUL character (U+0000)',
    })
    expect(applyTextPolicy('\0', 'reject').problem).toMatch(/NUL/)
  })

  test('replaces what cannot be held, counts it and changes nothing else', () => {
    expect(applyTextPolicy('a\0\ud800b😀', 'replace')).toEqual({
      value: 'a\ufffdb😀',
      replaced: 2,
      problem: null,
    })
    const when = new Date(0)
    const value = { a: ['x\0', { b: '\udfff' }], c: 1, when }
    const mended = applyTextPolicy(value, 'replace')
    expect(mended).toEqual({ value: { a: ['x', { b: '\ufffd' }], c: 1, when }, replaced: 2, problem: null })
    expect(value.a[0]).toBe('x\0')
  })

  test('gives back the very same value when there was nothing to replace', () => {
    const value = { a: ['x'], b: null, c: Object.create(null) as unknown }
    expect(applyTextPolicy(value, 'reject').value).toBe(value)
    expect(applyTextPolicy(value, 'replace').value).toBe(value)
    expect(applyTextPolicy('fine', 'replace')).toEqual({ value: 'fine', replaced: 0, problem: null })
  })

  test('keeps `__proto__` an own key of the copy', () => {
    const { value } = applyTextPolicy(JSON.parse('{"__proto__":{"a":"\\u0000"}}'), 'replace')
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":""}}')
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  test('replaces at any depth without recursion', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}"\\u0000"${']'.repeat(50_000)}`)
    expect(applyTextPolicy(deep, 'replace', { maxDepth: 100_000, maxValues: 1e6 }).replaced).toBe(1)
  })

  test('refuses bad keys, infinite numbers and too much depth even when it may replace', () => {
    expect(applyTextPolicy({ 'a\0': 1 }, 'replace').problem).toMatch(/a key holds a NUL/)
    expect(applyTextPolicy([1 / 0], 'replace').problem).toMatch(/Infinity/)
    expect(applyTextPolicy(nested(200), 'replace').problem).toMatch(/levels deep/)
  })

  test('makes every text acceptable and never longer', () => {
    const unit = fc.constantFrom('a', '\0', '\ud800', '\udc00', '😀')
    fc.assert(
      fc.property(fc.array(fc.string({ unit })), (texts) => {
        const mended = applyTextPolicy(texts, 'replace')
        expect(textProblem(mended.value)).toBeNull()
        expect(JSON.stringify(mended.value).length).toBeLessThanOrEqual(JSON.stringify(texts).length)
        expect(mended.replaced > 0).toBe(textProblem(texts) !== null)
      }),
    )
  })
})
