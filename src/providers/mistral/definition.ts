import type { ProviderDefinition } from '../definition.ts'
import { mistralBaseUrl, mistralProvider } from './mistral.ts'

const keyName = 'MISTRAL_API_KEY'

/** Mistral, by the name that its own client reads; that has none for the address, which a model can name. */
export const mistralDefinition: ProviderDefinition = {
  name: 'mistral',
  title: 'Mistral',
  prices: 'mistral',
  missing: ({ env }) => (env(keyName) === null ? [keyName] : []),
  environment: () => ({ secret: [keyName], shown: [] }),
  accounts: { apiKeyEnv: { env: keyName }, baseUrl: { value: 'baseUrl' } },
  baseUrl: ({ model }) => model.baseUrl ?? mistralBaseUrl,
  connect({ model, env }, { emulator, ...access }) {
    return mistralProvider({
      ...access,
      apiKey: emulator?.key ?? env(keyName) ?? '',
      baseUrl: emulator ? `${emulator.url}/mistral` : (model.baseUrl ?? null),
    })
  },
}
