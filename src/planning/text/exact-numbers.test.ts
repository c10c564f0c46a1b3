import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactNumber, isNumberAsText, numberAsWritten, parseExactJson } from './exact-numbers.ts'

test('a number whose whole part no double holds is its text, others are numbers', () => {
  const large = [
    '9007199254740992 9007199254740993 -9007199254740993 1234567890123456789 18446744073709551615',
    '12345678901234567.89 9007199254740992.0 100000000000000000000',
    '1e400 -1E+400 1e999999999999 9007199254740993e0 90071992547409931e-1',
  ].flatMap((texts) => texts.split(' '))
  for (const text of large) {
    expect(parseExactJson(text)).toBe(text)
    expect(parseExactJson(`{"a":[{"b":${text}}],"c":1.10}`)).toEqual({ a: [{ b: text }], c: 1.1 })
    expect(isNumberAsText(text)).toBe(true)
  }
  const held = [
    '0 -0 1.10 9007199254740991 -9007199254740991 0.1000000000000000055511151231257827',
    '6.02e23 1e22 1.5E300 123456789.123456789123 9.007199254740991e15',
  ].flatMap((texts) => texts.split(' '))
  for (const text of held) {
    expect(parseExactJson(text)).toBe(Number(text))
    expect(isNumberAsText(text)).toBe(false)
  }
})

test('what is no number, or only holds digits in texts, is as JSON.parse has it', () => {
  const text = '{"id_str":"1234567890123456789","__proto__":{"a":"1e400"},"a":1,"a":[2,null,true,""]}'
  expect(parseExactJson(text)).toEqual(JSON.parse(text))
  for (const broken of ['', '{', '{"a":01}', '9007199254740993n', '[1234567890123456789,]'])
    expect(() => parseExactJson(broken)).toThrow(SyntaxError)
  expect(isNumberAsText('01234567890123456789')).toBe(false)
  expect(isNumberAsText('1234567890123456789 ')).toBe(false)
})

test('digits inside of texts and names stay what they are next to a large number', () => {
  const value = fc.record({
    text: fc
      .array(fc.constantFrom('"', '\\', '9007199254740993', ':', ',', '[1e999,', '\u2028', 'x'))
      .map((pieces) => pieces.join('')),
    more: fc.jsonValue(),
    large: fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(String),
  })
  fc.assert(
    fc.property(value, ({ text, more, large }) => {
      const rest = JSON.stringify([text, { [text]: text }, more])
      expect(asNumbers(parseExactJson(`[${rest} ,\n${large}, ${rest}]`))).toEqual(
        asNumbers([JSON.parse(rest), large, JSON.parse(rest)]),
      )
    }),
  )
})

test('a field that is a number is known as it is written', () => {
  const written = (json: string): string =>
    numberAsWritten(json, '"id"', Reflect.get(Object(JSON.parse(json)), 'id'))
  expect(written('{"id":1}')).toBe('1')
  expect(written('{ "a": 1.5, "id" : -2.5 }')).toBe('-2.5')
  expect(written('{"id":1.10}')).toBe('1.10')
  expect(written('{"id":-0}')).toBe('-0')
  expect(written('{"id":1E+2}')).toBe('1E+2')
  expect(written('{"id":100.0,"t":"\\"id\\":5"}')).toBe('100.0')
  expect(written('{"of":{"id":5},"id":5.0}')).toBe('5.0')
  expect(written('{"id":5.0,"of":{"id":5}}')).toBe('5.0')
  expect(written('{"id":1,"id":2.0}')).toBe('2.0')
  expect(written('{"of":{"id":7},"n":[{"a":1}],"id": 5}')).toBe('5')
  expect(written('{"x\\"id":5,"id":5.0}')).toBe('5.0')
  expect(written('{"of":[{"id":5}],"id":5e0}')).toBe('5e0')
  expect(written('{"\\u0069d":2.0,"t":"id"}')).toBe('2.0')
})

test('no whole number loses a digit on its way, and no other value changes', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (number) => {
      expect(String(exactNumber(String(number)))).toBe(String(number))
    }),
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value))
      const exact = parseExactJson(JSON.stringify(value))
      // What JSON.stringify writes out of a double may be a whole number beyond what a double tells apart.
      expect(asNumbers(exact)).toEqual(plain)
    }),
  )
})

function asNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' && isNumberAsText(item) ? Number(item) : item,
  ) as unknown
}

test('a number that is nearer to 0 than any other is its text, and 0 is 0', () => {
  const json = '{"a":1e-400,"b":0,"c":0e-400,"d":-2.5E-999,"e":"re-read 5e-324","f":5e-324,"g":[1e-400]}'
  expect(parseExactJson(json)).toEqual({
    a: '1e-400',
    b: 0,
    c: 0,
    d: '-2.5E-999',
    e: 're-read 5e-324',
    f: 5e-324,
    g: ['1e-400'],
  })
})
