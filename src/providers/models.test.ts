import { expect, test } from 'vitest'
import { definitionOf } from './definition.ts'
import { anthropic } from './anthropic/models.ts'
import { bedrock } from './bedrock/models.ts'
import { gemini } from './gemini/models.ts'
import { local } from './local/models.ts'
import { mistral } from './mistral/models.ts'
import { azure, openai, openaiCompatible } from './models.ts'
import { deepinfra, groq, together } from './presets/models.ts'
import { xai } from './xai/models.ts'

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

test('an address that a model does not take is refused, and no other one is asked in its place', () => {
  const claude = 'global.anthropic.claude-haiku-4-5-20251001-v1:0'
  const service = { baseUrl: 'http://localhost:8000/v1' }
  const makers: readonly (readonly [unknown, string])[] = [
    [openai, 'gpt-4o-mini'],
    [openai.embedding, 'text-embedding-3-small'],
    [azure, 'batch'],
    [openaiCompatible(service), 'my-model'],
    [openaiCompatible(service).embedding, 'my-model'],
    [local(service), 'my-model'],
    [anthropic, 'claude-haiku-5-5'],
    [bedrock, claude],
    [gemini, 'gemini-3.8-flash'],
    [gemini.embedding, 'gemini-embedding-2'],
    [mistral, 'mistral-small-latest'],
    [mistral.embedding, 'mistral-embed'],
    [mistral.ocr, 'mistral-ocr-latest'],
    [groq, 'openai/gpt-oss-20b'],
    [together, 'some/model'],
    [deepinfra, 'some/model'],
    [deepinfra.embedding, 'some/model'],
    [xai, 'grok-4.3'],
  ]
  for (const [make, model] of makers) {
    if (typeof make !== 'function') throw new Error(`${model} is made by no function`)
    for (const options of [{ baseURL: 'http://127.0.0.1:1' }, { acounts: [] }, 'x', null])
      expect(
        () => Reflect.apply(make, null, [model, options]),
        `${model} ${JSON.stringify(options)}`,
      ).toThrow(expect.objectContaining({ code: 'E_JOB_INVALID' }))
  }
  for (const make of [openaiCompatible, local])
    expect(() => Reflect.apply(make, null, [{ ...service, headesr: {} }])).toThrow('there is no `headesr`')
})
