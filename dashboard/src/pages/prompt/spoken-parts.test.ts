import { expect, test } from 'vitest'
import { joinPhrases } from './spoken-parts.ts'

test('messages are told by who says them, and the rest is kept', () => {
  expect(
    joinPhrases({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'input_file', file_data: 'x' },
          ],
        },
      ],
    }),
  ).toEqual({
    parts: [
      { name: 'System', text: 'Be brief.' },
      { name: 'User', text: 'Hello' },
      { name: 'User', text: '[input_file, 37 characters]' },
    ],
    rest: { model: 'm' },
  })
})

test('a line of a file, an embedding and the other API are read too', () => {
  expect(joinPhrases({ custom_id: 'a', body: { input: ['one', 'two'] } }).parts).toEqual([
    { name: 'Input', text: 'one' },
    { name: 'Input', text: 'two' },
  ])
  expect(joinPhrases({ instructions: 'Be kind.', input: 'Hi' })).toEqual({
    parts: [
      { name: 'System', text: 'Be kind.' },
      { name: 'Input', text: 'Hi' },
    ],
    rest: null,
  })
  expect(joinPhrases(null)).toEqual({ parts: [], rest: null })
})
