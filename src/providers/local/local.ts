import type { Provider } from '../../ports/provider/provider.ts'
import { type CompatibleOptions, compatibleProvider } from '../compatible/compatible.ts'
import { openModelTokens } from '../openai/open-model-tokens.ts'
import { noBatches } from './no-batches.ts'

export interface LocalOptions extends Omit<
  CompatibleOptions,
  'limits' | 'tokenRule' | 'calledAs' | 'isOwnServer'
> {
  /** How many calls of one process the server bears at a time; what the configuration says when left out. */
  readonly concurrency?: number | null
}

/**
 * The provider for any server with a chat or embeddings endpoint of OpenAI's shape, and no Batch API: its requests are
 * asked one by one. A server of one's own has no allowance for a minute: how many calls it bears at a time bounds it.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function localProvider({ concurrency = null, ...options }: LocalOptions): Provider {
  const server = compatibleProvider({
    ...options,
    name: options.name ?? 'local',
    calledAs: 'local',
    tokenRule: openModelTokens,
    isOwnServer: true,
  })
  return {
    ...server,
    ...noBatches,
    limits: {
      ...server.limits,
      hasBatches: false,
      realtime: {
        ...(concurrency !== null && { concurrency }),
        requestsPerMinute: Infinity,
        tokensPerMinute: Infinity,
      },
    },
    async probe(model, signal) {
      const reply = await server.probe(model, signal)
      if (reply.kind !== 'accepted') return reply
      const batches = await server.batches((options.now ?? Date.now)(), signal)
      const { words } = reply.value
      return batches.kind === 'accepted'
        ? { kind: 'accepted', value: { words: `${words}; it has batches too, which ${hint} uses` } }
        : {
            kind: 'accepted',
            value: { words: `${words}; it has no batches, so requests are asked one by one` },
          }
    },
  }
}

const hint = 'local({ batches: true, … })'
