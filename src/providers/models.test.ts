import { expect, test } from 'vitest'
import { definitionOf } from './definition.ts'
import { azure, openai, openaiCompatible } from './models.ts'

const data = (model: object): unknown => JSON.parse(JSON.stringify(model))

test('a model is frozen, and its data says what a job asks', () => {
  const model = openai('gpt-5.6-luna', { endpoint: '/v1/responses' })
  expect(data(model)).toEqual({ provider: 'openai', model: 'gpt-5.6-luna', endpoint: '/v1/responses' })
  expect(Object.isFrozen(model)).toBe(true)
})

test('a copy of a model keeps the service that answers for it, and one of its data has none', () => {
  const model = openai('gpt-5.6-luna')
  expect(definitionOf({ ...model }).name).toBe('openai')
  const fields: { readonly provider: string } = { provider: 'openai' }
  expect(() => Reflect.apply(definitionOf, null, [fields])).toThrow(
    expect.objectContaining({ code: 'E_JOB_INVALID' }),
  )
})

test('an Azure deployment may be named by the environment and priced as the model behind it', () => {
  expect(data(azure())).toEqual({ provider: 'azure', model: null, endpoint: '/v1/chat/completions' })
  expect(azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })).toMatchObject({
    model: 'gpt-4o-mini-batch',
    pricedAs: 'gpt-4o-mini',
  })
})

test('a compatible service is described once for all of its models', () => {
  const local = openaiCompatible({ baseUrl: 'http://localhost:8000/v1', apiKeyEnv: 'VLLM_KEY', name: 'vllm' })
  expect(data(local('my-model'))).toEqual({
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
