import { expect, test } from 'vitest'
import { azure, openai, openaiCompatible } from './models.ts'

test('an account of OpenAI names its key, and takes organization and project from elsewhere only by name', () => {
  const { accounts } = openai('gpt-4o-mini', {
    accounts: [
      { apiKeyEnv: 'OPENAI_API_KEY' },
      { apiKeyEnv: 'KEY_B' },
      { name: 'eu', apiKeyEnv: 'KEY_EU', baseUrlEnv: 'URL_EU', organizationEnv: 'ORG_EU' },
    ],
  })
  expect(accounts).toEqual([
    { name: 'OPENAI_API_KEY', env: {} },
    {
      name: 'KEY_B',
      env: {
        OPENAI_API_KEY: 'KEY_B',
        OPENAI_ORG_ID: null,
        OPENAI_ORGANIZATION: null,
        OPENAI_PROJECT_ID: null,
      },
    },
    {
      name: 'eu',
      env: {
        OPENAI_API_KEY: 'KEY_EU',
        OPENAI_BASE_URL: 'URL_EU',
        OPENAI_ORG_ID: 'ORG_EU',
        OPENAI_ORGANIZATION: null,
        OPENAI_PROJECT_ID: null,
      },
    },
  ])
  expect(
    openai.embedding('text-embedding-3-small', { accounts: [{ apiKeyEnv: 'KEY_B' }] }).accounts,
  ).toHaveLength(1)
})

test('a resource of Azure is named by its endpoint, with the key of all or its own', () => {
  expect(
    azure('mini-batch', {
      accounts: [{}, { endpointEnv: 'WEST' }, { endpointEnv: 'EAST', apiKeyEnv: 'EAST_KEY' }],
    }).accounts,
  ).toEqual([
    { name: 'default', env: {} },
    { name: 'WEST', env: { AZURE_OPENAI_ENDPOINT: 'WEST' } },
    {
      name: 'EAST EAST_KEY',
      env: { AZURE_OPENAI_ENDPOINT: 'EAST', AZURE_OPENAI_API_KEY: 'EAST_KEY', OPENAI_API_KEY: null },
    },
  ])
})

test('a server of a compatible service has an address or a key of its own', () => {
  const baseUrl = 'http://localhost:8000/v1'
  const service = openaiCompatible({
    baseUrl,
    apiKeyEnv: 'A',
    accounts: [{ baseUrl, apiKeyEnv: 'A' }, { apiKeyEnv: 'B' }, { baseUrl: 'http://localhost:8001/v1' }],
  })
  expect(service('m').accounts).toEqual([
    { name: `${baseUrl} A`, env: {} },
    { name: 'B', env: {}, apiKeyEnv: 'B' },
    { name: 'http://localhost:8001/v1', env: {}, baseUrl: 'http://localhost:8001/v1' },
  ])
})

test('a list of accounts that names nobody, somebody twice, or a deployment of its own is a mistake in the job', () => {
  const given: readonly (readonly [readonly object[], RegExp])[] = [
    [[], /names none/],
    [[{ endpointEnv: 'A' }, { endpointEnv: 'A' }], /two accounts are called A/],
    [[{ endpointEnv: 'A', deployment: 'other' }], /no `deployment` of its own: files are written before/],
    [[{ endpoint: 'https://a.openai.azure.com' }], /an account has no `endpoint`/],
    [[{ endpointEnv: ' ' }], /`endpointEnv` is no text, or empty/],
  ]
  for (const [accounts, words] of given)
    expect(() => azure('mini-batch', { accounts }), String(words)).toThrow(
      expect.objectContaining({ code: 'E_JOB_INVALID', message: expect.stringMatching(words) }),
    )
})
