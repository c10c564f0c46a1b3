import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

test('gives what JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      const text = JSON.stringify(value)
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
  const wide = JSON.stringify(Array.from({ length: 5_000 }, (_, at) => ({ at, text: '[[[{{{"\\' })))
  expect(parseJson(wide)).toEqual(JSON.parse(wide))
  const deep = `${'['.repeat(512)}"${'['.repeat(4_000)}"${']'.repeat(512)}`
  expect(parseJson(deep)).toEqual(JSON.parse(deep))
  expect(() => parseJson('{')).toThrow(SyntaxError)
})

test('refuses what would take the memory or the stack of whoever reads it', () => {
  expect(() => parseJson('['.repeat(4_000_000))).toThrow('nested more than 512 deep')
  expect(() => parseJson('[{"a":'.repeat(2_000))).toThrow('nested more than 512 deep')
  expect(() => parseJson(`[${'[],'.repeat(2_000_001)}0]`)).toThrow('more than 2000000 lists and objects')
})
