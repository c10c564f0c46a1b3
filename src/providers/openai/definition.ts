import { keyParts } from '../accounts.ts'
import { firstSet, type ProviderDefinition } from '../definition.ts'
import { openaiBaseUrl, openaiProvider } from './openai.ts'

/** OpenAI, by the names that its own client libraries read. */
export const openaiDefinition: ProviderDefinition = {
  name: 'openai',
  title: 'OpenAI',
  prices: 'openai',
  missing: ({ env }) => (env('OPENAI_API_KEY') === null ? ['OPENAI_API_KEY'] : []),
  environment: () => ({
    secret: ['OPENAI_API_KEY'],
    shown: ['OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_ORGANIZATION', 'OPENAI_PROJECT_ID'],
  }),
  accounts: {
    // Another key need not belong to the organization or the project of the environment.
    ...keyParts('OPENAI_API_KEY', 'OPENAI_BASE_URL', [
      'OPENAI_ORG_ID',
      'OPENAI_ORGANIZATION',
      'OPENAI_PROJECT_ID',
    ]),
    organizationEnv: { env: 'OPENAI_ORG_ID', unread: ['OPENAI_ORGANIZATION'] },
    projectEnv: { env: 'OPENAI_PROJECT_ID' },
  },
  baseUrl: ({ env }) => env('OPENAI_BASE_URL') ?? openaiBaseUrl,
  // The hosts of OpenAI's data residency have prices of their own (OpenAI, "Your data", regional processing).
  zone({ env }) {
    const address = /^https:\/\/(us|eu)\.api\.openai\.com(?:[/:]|$)/i.exec(env('OPENAI_BASE_URL') ?? '')
    const zone = address?.[1]?.toLowerCase()
    return zone === 'us' || zone === 'eu' ? zone : null
  },
  connect(setup, { emulator, ...access }) {
    const { env } = setup
    return openaiProvider({
      ...access,
      apiKey: emulator?.key ?? env('OPENAI_API_KEY') ?? '',
      baseUrl: emulator ? `${emulator.url}/v1` : env('OPENAI_BASE_URL'),
      // Who pays, for a key that belongs to several organisations or projects.
      organization: emulator
        ? null
        : (firstSet(setup, 'OPENAI_ORG_ID', 'OPENAI_ORGANIZATION')?.value ?? null),
      project: emulator ? null : env('OPENAI_PROJECT_ID'),
    })
  },
}
