import { expect, test } from 'vitest'
import { azure, openai, openaiCompatible } from './models.ts'

test('a model is plain frozen data that survives JSON', () => {
  const model = openai('gpt-5.6-luna', { endpoint: '/v1/responses' })
  expect(model).toEqual({ provider: 'openai', model: 'gpt-5.6-luna', endpoint: '/v1/responses' })
  expect(Object.isFrozen(model)).toBe(true)
  expect(JSON.parse(JSON.stringify(model))).toEqual(model)
})

test('an Azure deployment may be named by the environment and priced as the model behind it', () => {
  expect(azure()).toEqual({ provider: 'azure', model: null, endpoint: '/v1/chat/completions' })
  expect(azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })).toMatchObject({
    model: 'gpt-4o-mini-batch',
    pricedAs: 'gpt-4o-mini',
  })
})

test('a compatible service is described once for all of its models', () => {
  const local = openaiCompatible({ baseUrl: 'http://localhost:8000/v1', apiKeyEnv: 'VLLM_KEY', name: 'vllm' })
  expect(local('my-model')).toEqual({
    provider: 'compatible',
    model: 'my-model',
    endpoint: '/v1/chat/completions',
    baseUrl: 'http://localhost:8000/v1',
    apiKeyEnv: 'VLLM_KEY',
    name: 'vllm',
  })
})

test('an empty name is a mistake in the job', () => {
  for (const make of [
    () => openai(' '),
    () => azure(''),
    () => azure('a', { model: '' }),
    () => openaiCompatible({ baseUrl: 'x' })(''),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: 'E_JOB_INVALID' }))
  }
})
