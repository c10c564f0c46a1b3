import { expect, test } from 'vitest'
import { draftOf, isStructured, jsonDraft, readDraft } from './answer-draft.ts'

const output = { headnote: 'The court\naffirms.', confidence: 0.5, urgent: true, topics: ['a'], note: null }

test('an output goes through the form unchanged', () => {
  const draft = draftOf(output, 'unused', true)
  expect(draft.kind).toBe('fields')
  expect(readDraft(draft)).toEqual({ patch: output, wrong: null })
  expect(readDraft(jsonDraft(output))).toEqual({ patch: output, wrong: null })
})

test('a name that objects have of themselves is a field like any other', () => {
  const strange: unknown = JSON.parse('{"__proto__":"x","constructor":"y"}')
  const read = readDraft(draftOf(strange, null, true))
  expect(JSON.stringify(read.wrong === null && read.patch)).toBe('{"__proto__":"x","constructor":"y"}')
})

test('without an output, what the model wrote is begun with', () => {
  expect(draftOf(null, '{"a":1}', true)).toEqual({
    kind: 'fields',
    fields: [{ name: 'a', kind: 'number', typed: '1' }],
  })
  expect(draftOf(null, 'I cannot {', true)).toEqual({ kind: 'json', typed: 'I cannot {' })
  expect(draftOf(null, 'prose', false)).toEqual({ kind: 'text', typed: 'prose' })
  expect(draftOf('prose', null, false)).toEqual({ kind: 'text', typed: 'prose' })
  expect(draftOf([1], null, true)).toEqual({ kind: 'json', typed: '[\n  1\n]' })
})

test('what cannot be read is told by its field', () => {
  const fields = [
    { name: 'n', kind: 'number', typed: ' ' },
    { name: 't', kind: 'json', typed: '[' },
  ] as const
  expect(readDraft({ kind: 'fields', fields: [fields[0]] })).toEqual({
    wrong: { name: 'n', message: 'a number is needed' },
  })
  expect(readDraft({ kind: 'fields', fields: [fields[1]] }).wrong?.name).toBe('t')
  expect(readDraft({ kind: 'json', typed: '' }).wrong?.name).toBe('')
})

test('a request says whether JSON was asked for', () => {
  expect(isStructured({ response_format: { type: 'json_schema' } })).toBe(true)
  expect(isStructured({ text: { format: { type: 'json_schema' } } })).toBe(true)
  expect(isStructured({ text: { format: { type: 'text' } } })).toBe(false)
  expect(isStructured(null)).toBe(false)
})
