import { expect, test } from 'vitest'
import { paramFields, readParams } from './param-fields.ts'

const fields = paramFields({
  type: 'object',
  properties: {
    category_limit: { type: 'integer', exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 },
    locale: { type: 'string', enum: ['en', 'de'], default: 'en' },
    dry: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    since: { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'a date' },
  },
  required: ['locale', 'since'],
})

test('a schema is asked for field by field', () => {
  expect(fields.map(({ name, kind, required, hint, usual }) => [name, kind, required, hint, usual])).toEqual([
    ['category_limit', 'number', false, 'more than 0', null],
    ['locale', 'choice', false, '', 'en'],
    ['dry', 'flag', false, '', null],
    ['tags', 'json', false, '', null],
    ['since', 'text', true, 'a date', null],
  ])
  expect(paramFields(null)).toEqual([])
})

test('what was typed becomes parameters, and what is left out stays out', () => {
  expect(readParams(fields, { category_limit: '3', dry: 'true', tags: '["a"]', since: ' 2026 ' })).toEqual({
    params: { category_limit: 3, dry: true, tags: ['a'], since: '2026' },
    wrong: {},
  })
})

test('what does not fit says why', () => {
  expect(Object.keys(readParams(fields, { category_limit: 'three', tags: '[' }).wrong)).toEqual([
    'category_limit',
    'tags',
    'since',
  ])
})
