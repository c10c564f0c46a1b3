import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { classify } from '../replies/classify.ts'
import { openHttp } from '../http/http.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey } from '../http/secret.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { safeFileBytes } from '../openai/openai-calls.ts'
import { readModel, readPage } from '../openai/openai-objects.ts'
import { xaiService } from './service.ts'
import { xaiWire } from './wire.ts'

export const xaiBaseUrl = 'https://api.x.ai/v1'

export interface XaiOptions extends Access {
  readonly apiKey: string
  /** Up to and with the version; the official address when left out. */
  readonly baseUrl?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * xAI's Batch API, with batches that an uploaded file seals: one paid call, known again by the batch's name.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function xaiProvider(options: XaiOptions): Provider {
  const origin = parseOrigin(options.baseUrl ?? xaiBaseUrl, {
    allowed: options.insecureHttp === true,
    setting: 'providers: { xai: { insecureHttp: true } } in offpeak.config.ts',
  })
  const key = secretKey(options.apiKey, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async () => ({ authorization: `Bearer ${key.reveal()}` }),
  })
  const pollEveryMs = options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)
  return {
    ...xaiWire,
    ...xaiService(http, {
      now: options.now ?? Date.now,
      settleMs: origin.loopback ? fastPollEveryMs : cancelSettlesMs,
    }),
    name: 'xai',
    account: `${origin.host}/${key.digest()}`,
    limits: limits(pollEveryMs),
    // Whether a late create still finds a file that is deleted is not known.
    recovery: { create: 'once', proof: 'marked', fence: false },
    clockSkewMs: () => http.skew.ms,
    isSimulated: () => http.isSimulated(),
    async probe(model, signal) {
      const exchange = await http.json({ method: 'GET', path: '/models', signal })
      const reply = classify('repeatable', exchange, readPage)
      if (reply.kind !== 'accepted') return reply
      const isListed = reply.value.items.some((item) => readModel(item) === model)
      const words = isListed
        ? `the key works and ${model} is there`
        : `the key works, but ${model} is not listed`
      return { kind: 'accepted', value: { words } }
    },
  }
}

/** How long the counters of a cancelled batch have to stand still; how long requests run on is not written down. */
const cancelSettlesMs = 60_000

/** xAI document, Batch API, JSONL file upload: 50,000 requests, 200 MB. */
function limits(pollEveryMs: number): ProviderLimits {
  return { maxRequests: 50_000, maxBytes: safeFileBytes, pollEveryMs, listTells: true }
}
