import { expect, test } from 'vitest'
import { lineShape } from './line-shape.ts'

test.for([
  [{ recordId: '1', modelInput: {}, modelOutput: {} }, 'an object with recordId, modelInput, modelOutput'],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, 'an object with a, b, c, d, e, f and 1 more'],
  [{}, 'an empty object'],
  [[1, 2], 'a list of 2'],
  ['secret', 'a text'],
  [7, 'a number'],
  [true, 'a boolean'],
  [null, 'null'],
] as const)('names the shape of a line and nothing of what it says (%j)', ([value, words]) => {
  expect(lineShape(value)).toBe(words)
})

test('leaves out names that somebody may have written', () => {
  expect(lineShape({ 'Dear Sir,\u001b[2J': 1, 'x y': 2 })).toBe('an object of 2 fields')
  expect(lineShape({ id: 1, 'Dear Sir': 2 })).toBe('an object with id and 1 more')
})
