import { expect, test } from 'vitest'
import { alignedFields } from './json-fields.ts'

test('fields are aligned by their way, and those of one side stay', () => {
  expect(
    alignedFields(
      '{"title":"A","seo":{"title":"x"},"score":0.5,"pages":[{"n":1}]}',
      '{"title":"B","seo":{"title":"x","text":null},"pages":[{"n":1},{"n":2}]}',
    ),
  ).toEqual([
    { name: 'title', a: 'A', b: 'B', whole: false },
    { name: 'seo.title', a: 'x', b: 'x', whole: false },
    { name: 'score', a: '0.5', b: null, whole: true },
    { name: 'pages[0].n', a: '1', b: '1', whole: true },
    { name: 'seo.text', a: null, b: 'null', whole: true },
    { name: 'pages[1].n', a: null, b: '2', whole: true },
  ])
})

test('a list of plain values is one field with a line for each', () => {
  expect(alignedFields('{"tags":["a","b"]}', '{"tags":["b"]}')).toEqual([
    { name: 'tags', a: 'a\nb', b: 'b', whole: false },
  ])
  expect(alignedFields('[1,2]', '[]')).toEqual([{ name: 'all', a: '1\n2', b: '', whole: false }])
})

test('prose is prose, and so is what has too many fields', () => {
  expect(alignedFields('A court affirms.', '{"a":1}')).toBeNull()
  expect(alignedFields('"text"', '3')).toBeNull()
  const large = JSON.stringify(Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`f${n}`, n])))
  expect(alignedFields(large, large)).toBeNull()
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  expect(alignedFields(deep, deep)).toBeNull()
})
