import type { Task } from '../../domain/request.ts'
import type { ProviderDefinition } from '../definition.ts'
import { addressWords } from '../http/origin.ts'
import { localProvider } from './local.ts'

/** A server of one's own, without batches; its address stands in the model, and it needs no key. */
export const localDefinition: ProviderDefinition = {
  name: 'local',
  title: 'a server of your own',
  prices: null,
  missing: ({ model: { apiKeyEnv }, env }) =>
    apiKeyEnv === undefined || env(apiKeyEnv) !== null ? [] : [apiKeyEnv],
  environment: (model) => ({
    secret: model?.apiKeyEnv === undefined ? [] : [model.apiKeyEnv],
    shown: [],
  }),
  quotaScope: ({ model: { name, baseUrl } }) => name ?? addressWords(baseUrl),
  baseUrl: ({ model }) => model.baseUrl ?? null,
  connect({ model: { baseUrl, apiKeyEnv, name, concurrency }, env }, { emulator, ...access }) {
    const provider = localProvider({
      ...access,
      baseUrl: emulator ? `${emulator.url}/v1` : (baseUrl ?? ''),
      apiKey: emulator?.key ?? (apiKeyEnv === undefined ? null : env(apiKeyEnv)),
      name: name ?? null,
      concurrency: concurrency ?? null,
    })
    if (emulator === null) return provider
    return {
      ...provider,
      complete: (ask, signal) =>
        provider.complete({ ...ask, model: standIns[provider.taskOf(ask.endpoint)] }, signal),
    }
  },
}

/** The emulator has the models of services: these stand for whatever a server of one's own is called to answer with. */
const standIns: Readonly<Record<Task, string>> = {
  chat: 'gpt-4o-mini',
  embedding: 'text-embedding-3-small',
  ocr: 'mistral-ocr-latest',
}
