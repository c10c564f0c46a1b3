import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { openHttp } from '../http/http.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey } from '../http/secret.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { segment } from '../replies/segment.ts'
import { readModel } from '../openai/openai-objects.ts'
import { classifyMistral } from './classify.ts'
import { mistralService } from './service.ts'
import { mistralWire } from './wire.ts'

export const mistralBaseUrl = 'https://api.mistral.ai'

export interface MistralOptions extends Access {
  readonly apiKey: string
  /** Without a path version; the official address when left out. */
  readonly baseUrl?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * Mistral's batch jobs (Mistral API reference): the model and our mark stand on the job, its files hold ids and bodies.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function mistralProvider(options: MistralOptions): Provider {
  const origin = parseOrigin(options.baseUrl ?? mistralBaseUrl, {
    allowed: options.insecureHttp === true,
    setting: 'providers: { mistral: { insecureHttp: true } } in offpeak.config.ts',
  })
  const key = secretKey(options.apiKey, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async () => ({ authorization: `Bearer ${key.reveal()}` }),
  })
  return {
    ...mistralWire,
    ...mistralService(http),
    name: 'mistral',
    account: `${origin.host}/${key.digest()}`,
    limits: limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)),
    // Whether a job whose input file was deleted still runs is written nowhere.
    recovery: { create: 'once', proof: 'marked', fence: false },
    clockSkewMs: () => http.skew.ms,
    isSimulated: () => http.isSimulated(),
    async probe(model, signal) {
      const exchange = await http.json({ method: 'GET', path: `/v1/models/${segment(model)}`, signal })
      const reply = classifyMistral('repeatable', exchange, readModel)
      return reply.kind === 'accepted'
        ? { kind: 'accepted', value: { words: `the key works and ${model} is there` } }
        : reply
    },
  }
}

/**
 * One page of Mistral's documents says a million requests, another 100,000; files have up to 512 MB; 24 hours unless a job
 * asks for others. A document has 50 MB, which are a third more in base64, and 1,000 pages (Mistral, OCR, as gateways before
 * it repeat).
 */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: 100_000,
    maxBytes: 500_000_000,
    request: { maxBytes: 67_000_000, maxPages: 1_000 },
    pollEveryMs,
    windowMs: 86_400_000,
    listTells: true,
  }
}
