import { expect, test } from 'vitest'
import { overContext } from './context-window.ts'

const window = { model: 'gpt-4o-mini', contextTokens: 128_000, maxTokens: 500 }

test('a prompt fits as long as its answer does, too', () => {
  expect(overContext(127_500, window)).toBeNull()
  expect(overContext(127_501, window)).toBe(
    'the prompt is 127,501 tokens and its answer up to 500; gpt-4o-mini takes 128,000',
  )
})

test('an answer that the model bounds itself takes what is left', () => {
  expect(overContext(128_000, { ...window, maxTokens: 0 })).toBeNull()
  expect(overContext(128_001, { ...window, maxTokens: 0 })).toBe(
    'the prompt is 128,001 tokens; gpt-4o-mini takes 128,000',
  )
})
