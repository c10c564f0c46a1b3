import { firstSet, type ProviderDefinition, type Setup } from '../definition.ts'
import { azureProvider } from './azure.ts'
import { readAzureEndpoint } from './azure-endpoint.ts'

const deploymentNames = [
  'AZURE_OPENAI_DEPLOYMENT',
  'AZURE_OPENAI_DEPLOYMENT_NAME',
  'AZURE_OPENAI_GPT4O_MINI_BATCH_DEPLOYMENT',
] as const
const versionNames = ['AZURE_OPENAI_API_VERSION', 'OPENAI_API_VERSION'] as const

/** Azure OpenAI, by the names that its own client libraries and documents use. */
export const azureDefinition: ProviderDefinition = {
  name: 'azure',
  title: 'Azure OpenAI',
  prices: 'azure',
  namesModel: (name) => `azure('${name}', { model: '…' })`,
  missing: (setup) => [
    ...(endpointOf(setup) === null ? ['AZURE_OPENAI_ENDPOINT'] : []),
    // A gateway that knows us by a header of its own may have the key of the resource itself.
    ...(keyOf(setup) !== null || setup.token !== null || setup.hasHeaders ? [] : ['AZURE_OPENAI_API_KEY']),
  ],
  orElse: { AZURE_OPENAI_API_KEY: 'OPENAI_API_KEY' },
  environment: () => ({
    secret: ['AZURE_OPENAI_API_KEY'],
    shown: ['AZURE_OPENAI_ENDPOINT', ...versionNames, ...deploymentNames],
  }),
  accounts: {
    endpointEnv: { env: 'AZURE_OPENAI_ENDPOINT' },
    apiKeyEnv: { env: 'AZURE_OPENAI_API_KEY', unread: ['OPENAI_API_KEY'] },
  },
  baseUrl(setup) {
    const endpoint = endpointOf(setup)
    return endpoint === null ? null : readAzureEndpoint(endpoint).baseUrl
  },
  unnamed: {
    name(setup) {
      const named = firstSet(setup, ...deploymentNames)
      if (named) return named.value
      const endpoint = endpointOf(setup)
      if (endpoint !== null) return readAzureEndpoint(endpoint).deployment
      // Without an endpoint only an emulator can answer, and that takes any name.
      return setup.model.pricedAs ?? null
    },
    fix: "azure('my-batch-deployment') in the job, or AZURE_OPENAI_DEPLOYMENT=… in .env",
  },
  connect(setup, { emulator, ...access }) {
    const credentials = emulator
      ? { apiKey: emulator.key }
      : setup.token
        ? { token: setup.token }
        : { apiKey: keyOf(setup) }
    return azureProvider({
      ...access,
      ...credentials,
      endpoint: emulator?.url ?? endpointOf(setup) ?? '',
      apiVersion: firstSet(setup, ...versionNames)?.value ?? null,
      pricedAs: setup.model.pricedAs ?? null,
    })
  },
}

function endpointOf({ env }: Setup): string | null {
  return env('AZURE_OPENAI_ENDPOINT')
}

/** Many scripts keep the key of Azure under the other name; without an endpoint it is surely OpenAI's own. */
function keyOf(setup: Setup): string | null {
  const names = ['AZURE_OPENAI_API_KEY', ...(endpointOf(setup) === null ? [] : ['OPENAI_API_KEY'])]
  return firstSet(setup, ...names)?.value ?? null
}
