import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { repeatedName } from './repeated-names.ts'

const look = (text: string): string | null => repeatedName(text, JSON.parse(text))

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,\n "b" : 2,\t"a"\r\n:3}', 'a'],
  ['{"rows":[{"t":1},{"n":{"t":1,"t":1}}]}', 'rows.1.n.t'],
  ['[[1,[2]],{"x":{},"x":[]}]', '1.x'],
  [String.raw`{"a":"\":","é":1,"\u00e9":2}`, 'é'],
  [String.raw`{"a\\":1,"b":":","a\\":2}`, 'a\\'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"a":":)","b":{"a":":"},"b":{}}', 'b'],
  ['{"":1,"":2}', ''],
])('%s says two things of %s', (text, path) => {
  expect(look(text)).toBe(path)
})

test.each([
  '{}',
  '":"',
  '{"a":{"a":{"a":[{"a":1},{"a":1}]}}}',
  '{"a":":","b":"\\":","c":"a: \\"b\\": c","d":["x",":","{\\"a\\":1,\\"a\\":2}"]}',
  String.raw`{"a":"\\","b":"\\\":"}`,
])('%s says one thing of each field', (text) => {
  expect(look(text)).toBeNull()
})

test('a text that JSON itself has written repeats nothing, and with one more name it does', () => {
  const key = fc.constantFrom('a', 'b', '"', ':', '\\', '":', 'a":', '__proto__')
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(1, null, ':', '":', '\\":', 'x: "y": z', '{"a":1'),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('any'), { maxKeys: 4 }),
  })).object
  fc.assert(
    fc.property(value, key, fc.constantFrom(0, 2), (object, again, indent) => {
      const text = JSON.stringify(object, null, indent)
      expect(look(text)).toBeNull()
      const twice = `{${JSON.stringify(again)}: 1, "rest": ${text}, ${JSON.stringify(again)}:2}`
      expect(look(twice)).toBe(again)
    }),
  )
})
