import { describe, expect, test } from 'vitest'
import { encodingFor } from './openai-models.ts'

describe('encodingFor', () => {
  test.each([
    ['gpt-4o-mini', 'o200k_base'],
    ['gpt-4o-mini-batch', 'o200k_base'],
    ['gpt-4.1', 'o200k_base'],
    ['gpt-5.6-luna', 'o200k_base'],
    ['o4-mini', 'o200k_base'],
    ['ft:gpt-4o-mini:acme::x', 'o200k_base'],
    ['my-deployment', 'o200k_base'],
    ['gpt-4', 'cl100k_base'],
    ['gpt-4-turbo-2024-04-09', 'cl100k_base'],
    ['gpt-3.5-turbo', 'cl100k_base'],
    ['gpt-35-turbo', 'cl100k_base'],
    ['ft:gpt-3.5-turbo:acme::x', 'cl100k_base'],
    ['text-embedding-3-small', 'cl100k_base'],
  ])('%s uses %s', (model, encoding) => {
    expect(encodingFor(model)).toBe(encoding)
  })
})
