import { keyParts } from '../accounts.ts'
import { firstSet, type ProviderDefinition, type Setup } from '../definition.ts'
import { anthropicBaseUrl, type AnthropicOptions, anthropicProvider } from './anthropic.ts'

const [keyName, tokenName, urlName] = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL']

/** Anthropic, by the names that its own client reads; of both, it takes the key. */
export const anthropicDefinition: ProviderDefinition = {
  name: 'anthropic',
  title: 'Anthropic',
  prices: 'anthropic',
  missing: (setup) => (firstSet(setup, keyName, tokenName) === null ? [keyName] : []),
  orElse: { [keyName]: tokenName },
  environment: () => ({ secret: [keyName, tokenName], shown: [urlName] }),
  accounts: keyParts(keyName, urlName, [tokenName]),
  baseUrl: ({ env }) => env(urlName) ?? anthropicBaseUrl,
  connect(setup, { emulator, ...access }) {
    return anthropicProvider({
      ...access,
      credentials: emulator ? { kind: 'key', value: emulator.key } : credentialsOf(setup),
      baseUrl: emulator ? `${emulator.url}/anthropic` : setup.env(urlName),
    })
  },
}

function credentialsOf(setup: Setup): AnthropicOptions['credentials'] {
  const found = firstSet(setup, keyName, tokenName)
  return { kind: found?.name === tokenName ? 'token' : 'key', value: found?.value ?? '' }
}
