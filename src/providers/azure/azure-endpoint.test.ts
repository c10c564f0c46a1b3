import { expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import { readAzureEndpoint } from './azure-endpoint.ts'
import { azureProvider } from './azure.ts'

const resource = 'https://r.openai.azure.com'

test.for([
  ['', null, null],
  ['/', null, null],
  ['/openai', null, null],
  ['/openai/v1/', null, null],
  ['/openai/v1/chat/completions', null, null],
  ['/openai/deployments/d/chat/completions?api-version=2025-04-01-preview', '2025-04-01-preview', 'd'],
  ['/openai/deployments/openai/embeddings?api-version=2024-10-21', '2024-10-21', 'openai'],
  ['/openai/deployments/my%20one', null, 'my one'],
  ['/openai/responses?api-version=2025-04-01-preview', '2025-04-01-preview', null],
  ['/openai/v1/responses?api-version=preview', 'preview', null],
  ['/?api-version=', null, null],
] as const)(
  'an endpoint written with %s is its resource, of version %s and deployment %s',
  ([tail, apiVersion, deployment]) => {
    expect(readAzureEndpoint(`${resource}${tail}`)).toEqual({
      baseUrl: `${resource}/`,
      apiVersion,
      deployment,
    })
  },
)

test('the path of a gateway before it stays', () => {
  for (const tail of ['', '/openai', '/openai/deployments/d/chat/completions?api-version=2024-10-21'])
    expect(readAzureEndpoint(`https://apim.example/team-a/llm${tail}`).baseUrl).toBe(
      'https://apim.example/team-a/llm',
    )
  expect(readAzureEndpoint('https://apim.example/openai/team-a').baseUrl).toBe(
    'https://apim.example/openai/team-a',
  )
})

test('what else stands in the query is refused by its name, without its value', () => {
  const ask = (): unknown => readAzureEndpoint(`${resource}/?api-version=2024-10-21&sig=secret-word`)
  expect(ask).toThrow(expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining('sig') }))
  expect(ask).not.toThrow(/secret-word/)
})

test('calls go where the address from the portal leads, by its version unless another one is set', async () => {
  await using server = await serve((_request, response) => json(response, 200, { id: 'batch_1' }))
  const endpoint = `${server.url}/team-a/openai/deployments/d/chat/completions?api-version=2025-04-01-preview`
  const apiKey = 'key-0123456789'
  await azureProvider({ endpoint, apiKey }).batch('b')
  await azureProvider({ endpoint, apiKey, apiVersion: '2024-10-21' }).batch('b')
  await azureProvider({ endpoint, apiKey, apiVersion: 'v1' }).batch('b')
  expect(server.seen.map(({ url }) => url)).toEqual([
    '/team-a/openai/batches/b?api-version=2025-04-01-preview',
    '/team-a/openai/batches/b?api-version=2024-10-21',
    '/team-a/openai/v1/batches/b',
  ])
})
