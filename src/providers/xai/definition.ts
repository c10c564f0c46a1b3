import { keyParts } from '../accounts.ts'
import type { ProviderDefinition } from '../definition.ts'
import { xaiBaseUrl, xaiProvider } from './xai.ts'

const [keyName, urlName] = ['XAI_API_KEY', 'XAI_BASE_URL']

/** xAI, by the name of the key that the AI SDK and xAI's own Python client read. */
export const xaiDefinition: ProviderDefinition = {
  name: 'xai',
  title: 'xAI',
  prices: 'xai',
  missing: ({ env }) => (env(keyName) === null ? [keyName] : []),
  environment: () => ({ secret: [keyName], shown: [urlName] }),
  accounts: keyParts(keyName, urlName),
  baseUrl: ({ env }) => env(urlName) ?? xaiBaseUrl,
  connect({ env }, { emulator, ...access }) {
    return xaiProvider({
      ...access,
      apiKey: emulator?.key ?? env(keyName) ?? '',
      baseUrl: emulator ? `${emulator.url}/xai/v1` : env(urlName),
    })
  },
}
