import { expect, test } from 'vitest'
import { isLegacyGpt, reasoning, isReasoningModel, vectorLength } from './openai-models.ts'

test('thinking models are told from plain ones by their names, also inside the name of a deployment', () => {
  for (const name of [
    'o1',
    'o3-mini',
    'o4-mini-2025-04-16',
    'gpt-5',
    'gpt-5.6-luna',
    'gpt-6.1-sol',
    'gpt-10',
    'prod-gpt-5-mini-batch',
    'eu_o3',
  ]) {
    expect([name, isReasoningModel(name), isLegacyGpt(name)]).toEqual([name, true, false])
  }
  for (const name of [
    'gpt-4o',
    'gpt-4o-mini-batch',
    'gpt-4.1-nano',
    'gpt-35-turbo',
    'gpt-3.5-turbo',
    'my-gpt4o',
  ]) {
    expect([name, isReasoningModel(name), isLegacyGpt(name)]).toEqual([name, false, true])
  }
  for (const name of ['prod-7', 'pro3', 'foo1', 'llama-3.1']) {
    expect([name, isReasoningModel(name), isLegacyGpt(name)]).toEqual([name, false, false])
  }
})

test('a model reasons always, when it is asked to, or never; of some the default is not known', () => {
  const all = {
    always: [
      'o3',
      'o4-mini-2025-04-16',
      'gpt-5',
      'gpt-5-mini',
      'openai/gpt-5-nano',
      'eu-gpt5-batch',
      'gpt-5.2-pro',
      'gpt-5.1-codex',
    ],
    asked: ['gpt-5.1', 'gpt-5.2-2025-12-11', 'gpt-5.4-mini', 'prod-gpt-5.4-batch'],
    perhaps: ['gpt-5.5', 'gpt-5.6-luna', 'gpt-6-astra', 'gpt-5.10'],
    never: ['gpt-4o-mini', 'gpt-5-chat-latest', 'gpt-5.1-chat-latest', 'llama-3.1', 'prod-7'],
  }
  for (const [kind, names] of Object.entries(all))
    for (const name of names) expect([name, reasoning(name)]).toEqual([name, kind])
})

test('the length of a vector is that of its model, wherever the name stands in that of a deployment', () => {
  expect(
    ['text-embedding-3-large', 'our-text-embedding-3-small', 'text-embedding-ada-002', 'bge-m3'].map(
      vectorLength,
    ),
  ).toEqual([3_072, 1_536, 1_536, null])
})
