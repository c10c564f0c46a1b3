import { expect, test } from 'vitest'
import { editable, readEdited } from './editable.ts'

const asksForJson = { messages: [], response_format: { type: 'json_schema', json_schema: {} } }

test.each([
  ['what the job reads', { output: { a: 1 }, text: '{"a":2}', request: null }, 'json', '{\n  "a": 1\n}'],
  ['a text that is the whole output', { output: 'Hello', text: 'Hello ', request: null }, 'text', 'Hello'],
  ['JSON that was not accepted', { output: null, text: '{"a":2}', request: null }, 'json', '{\n  "a": 2\n}'],
  ['broken JSON', { output: null, text: '{"a":', request: asksForJson }, 'json', '{"a":'],
  ['nothing', { output: null, text: null, request: asksForJson }, 'json', ''],
  ['words that were not accepted', { output: null, text: 'No.', request: { messages: [] } }, 'text', 'No.'],
  [
    'words of another form of the API',
    { output: null, text: 'No.', request: { body: { input: '', text: { format: { type: 'text' } } } } },
    'text',
    'No.',
  ],
] as const)('an editor begins with %s', (_, record, kind, text) => {
  expect(editable(record)).toEqual({ kind, text })
})

test('what is written is read as what it is', () => {
  expect(readEdited('json', ' {"a": [1]} ')).toEqual({ output: { a: [1] }, wrong: null })
  expect(readEdited('text', '{"a"')).toEqual({ output: '{"a"', wrong: null })
  expect(readEdited('json', '{"a"').wrong).toMatch(/^It is no JSON: /)
})
