import { expect, test } from 'vitest'
import { anthropic } from './anthropic/models.ts'
import { bedrock } from './bedrock/models.ts'
import { modelOf } from './definition.ts'
import { gemini } from './gemini/models.ts'
import { local } from './local/models.ts'
import { mistral } from './mistral/models.ts'
import { azure, openai, openaiCompatible } from './models.ts'
import { groq } from './presets/models.ts'
import { providers } from './registry.ts'
import { xai } from './xai/models.ts'

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

test('a key of a service that reads two names is read alone', () => {
  const accounts = [{ name: 'first', apiKeyEnv: 'A' }] as const
  const own = (...names: readonly string[]): unknown => [
    { name: 'first', env: Object.fromEntries(names.map((name, at) => [name, at === 0 ? 'A' : null])) },
  ]
  expect(anthropic('m', { accounts }).accounts).toEqual(own('ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'))
  expect(gemini('m', { accounts }).accounts).toEqual(own('GEMINI_API_KEY', 'GOOGLE_API_KEY'))
  expect(gemini.embedding('m', { accounts }).accounts).toEqual(own('GEMINI_API_KEY', 'GOOGLE_API_KEY'))
  expect(mistral('m', { accounts }).accounts).toEqual(own('MISTRAL_API_KEY'))
  expect(xai('m', { accounts }).accounts).toEqual(own('XAI_API_KEY'))
  expect(groq('m', { accounts }).accounts).toEqual(own('GROQ_API_KEY'))
})

test('a place of Bedrock is a region with its bucket, a profile, or a pair of keys', () => {
  const model = 'anthropic.claude-haiku-4-5-20251001-v1:0'
  const west = { region: 'us-west-2', bucket: 'batches-west' }
  expect(
    bedrock(model, {
      region: 'eu-central-1',
      accounts: [
        {},
        west,
        { name: 'lab', profile: 'lab', ...west },
        { name: 'keys', accessKeyIdEnv: 'ID', secretAccessKeyEnv: 'SECRET' },
      ],
    }).accounts,
  ).toEqual([
    { name: 'default', env: {} },
    { name: 'us-west-2 batches-west', env: {}, options: west },
    { name: 'lab', env: {}, options: { profile: 'lab', ...west } },
    {
      name: 'keys',
      env: {
        AWS_ACCESS_KEY_ID: 'ID',
        AWS_SECRET_ACCESS_KEY: 'SECRET',
        AWS_PROFILE: null,
        AWS_SESSION_TOKEN: null,
      },
    },
  ])
  for (const account of [
    { accessKeyIdEnv: 'ID' },
    { sessionTokenEnv: 'TOKEN' },
    { profile: 'lab', accessKeyIdEnv: 'ID', secretAccessKeyEnv: 'SECRET' },
    { bucket: 's3://batches' },
    { roleArn: 'batches' },
  ])
    expect(() => bedrock(model, { accounts: [account] }), JSON.stringify(account)).toThrow(
      expect.objectContaining({ code: 'E_JOB_INVALID' }),
    )
})

test('every service with batches can have several accounts, and a server without has one', () => {
  for (const definition of providers)
    expect('accounts' in definition, definition.name).toBe(definition.name !== 'local')
  for (const definition of providers.filter((each) => each.accounts !== undefined)) {
    const [part = ''] = Object.keys(definition.accounts ?? {})
    const model = modelOf(definition, 'chat', { model: 'm', endpoint: 'e', accounts: [{ [part]: 'A' }] })
    expect(model.accounts, definition.name).toHaveLength(1)
  }
  expect(() => local({ baseUrl: 'http://127.0.0.1:1/v1', accounts: [{}] })('m')).toThrow(/one account/)
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
