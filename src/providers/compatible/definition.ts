import type { ProviderDefinition } from '../definition.ts'
import { addressWords } from '../http/origin.ts'
import { compatibleProvider } from './compatible.ts'

/**
 * The definition for any service that took over OpenAI's files and batches; its address and the name of its key stand
 * in the model.
 */
export const compatibleDefinition: ProviderDefinition = {
  name: 'compatible',
  title: 'a service of the OpenAI shape',
  prices: null,
  missing: ({ model: { apiKeyEnv }, env }) =>
    apiKeyEnv === undefined || env(apiKeyEnv) !== null ? [] : [apiKeyEnv],
  environment: (model) => ({
    secret: model?.apiKeyEnv === undefined ? [] : [model.apiKeyEnv],
    shown: [],
  }),
  accounts: { baseUrl: { value: 'baseUrl' }, apiKeyEnv: { value: 'apiKeyEnv' } },
  quotaScope: ({ model: { name, baseUrl } }) => name ?? addressWords(baseUrl),
  baseUrl: ({ model }) => model.baseUrl ?? null,
  connect({ model: { baseUrl, apiKeyEnv, name, concurrency, takesMetadata }, env }, { emulator, ...access }) {
    return compatibleProvider({
      ...access,
      baseUrl: emulator ? `${emulator.url}/v1` : (baseUrl ?? ''),
      apiKey: emulator?.key ?? (apiKeyEnv === undefined ? null : env(apiKeyEnv)),
      name: name ?? null,
      ...(takesMetadata !== undefined && { takesMetadata }),
      ...(concurrency !== undefined && { limits: { realtime: { concurrency } } }),
    })
  },
}
