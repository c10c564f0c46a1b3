import { expect, test } from 'vitest'
import { openModelTokens } from './open-model-tokens.ts'

test('gpt-oss is counted exactly, what was made from a known table within its bounds, anything else loosely', () => {
  expect(openModelTokens('openai/gpt-oss-120b')).toMatchObject({ encoding: 'o200k_base', least: 1, most: 1 })
  for (const model of ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'llama3.2', 'Qwen/Qwen2.5-7B-Instruct'])
    expect(openModelTokens(model), model).toMatchObject({ encoding: 'cl100k_base', likely: 1, most: 1.1 })
  expect(openModelTokens('mistralai/Mixtral-8x7B')).toMatchObject({ least: 0.25, most: 4 })
})
