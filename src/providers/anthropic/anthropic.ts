import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { classify } from '../replies/classify.ts'
import { asFields, asText } from '../replies/fields.ts'
import { openHttp } from '../http/http.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey } from '../http/secret.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { segment } from '../replies/segment.ts'
import { anthropicService } from './service.ts'
import { anthropicWire } from './wire.ts'

export const anthropicBaseUrl = 'https://api.anthropic.com'

/** As in every call of Anthropic's own client. */
const apiVersion = '2023-06-01'

export interface AnthropicOptions extends Access {
  /** `key` goes as `x-api-key`, `token` as `Authorization: Bearer`. */
  readonly credentials: { readonly kind: 'key' | 'token'; readonly value: string }
  /** Without a path version; the official address when left out. */
  readonly baseUrl?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * Anthropic's Message Batches (Anthropic API reference). A batch takes its requests with its creation and carries no mark
 * of ours: one that nobody has answered for is known by its number of requests, and for certain by their ids once it has
 * ended.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function anthropicProvider(options: AnthropicOptions): Provider {
  const origin = parseOrigin(options.baseUrl ?? anthropicBaseUrl, {
    allowed: options.insecureHttp === true,
    setting: 'providers: { anthropic: { insecureHttp: true } } in offpeak.config.ts',
  })
  const { kind, value } = options.credentials
  const key = secretKey(value, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async () =>
      kind === 'key' ? { 'x-api-key': key.reveal() } : { authorization: `Bearer ${key.reveal()}` },
    plainHeaders: { 'anthropic-version': apiVersion },
  })
  return {
    ...anthropicWire,
    ...anthropicService(http),
    name: 'anthropic',
    account: `${origin.host}/${key.digest()}`,
    limits: limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)),
    recovery: { create: 'once', proof: 'possible', fence: false },
    clockSkewMs: () => http.skew.ms,
    isSimulated: () => http.isSimulated(),
    async probe(model, signal) {
      const exchange = await http.json({ method: 'GET', path: `/v1/models/${segment(model)}`, signal })
      const reply = classify('repeatable', exchange, (json) => asText(asFields(json)?.['id']))
      if (reply.kind === 'accepted')
        return { kind: 'accepted', value: { words: `the key works and ${model} is there` } }
      return reply
    },
  }
}

/** 256 MB can be read as 256,000,000 or 268,435,456 bytes; a megabyte below the smaller is safe under both. */
const safeBatchBytes = 255_000_000
/** Answered 404 for a minute or two after they were made (anthropics/anthropic-sdk-python#1432). */
const unseenMs = 600_000

/**
 * Anthropic document, Batch processing: 100,000 requests or 256 MB, ends after 24 hours. PDF support: a request has 32 MB
 * and 600 pages at most, of models with a window of 200,000 tokens 100 pages, which is left to them to say.
 */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: 100_000,
    maxBytes: safeBatchBytes,
    request: { maxBytes: 32_000_000, maxPages: 600 },
    pollEveryMs,
    windowMs: 86_400_000,
    listTells: true,
    listForgets: true,
    unseenMs,
  }
}
