import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { asFields, asText } from '../replies/fields.ts'
import { openHttp } from '../http/http.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey } from '../http/secret.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { segment } from '../replies/segment.ts'
import { classifyGemini } from './classify.ts'
import { geminiService } from './service.ts'
import { geminiWire } from './wire.ts'

export const geminiBaseUrl = 'https://generativelanguage.googleapis.com'

export interface GeminiOptions extends Access {
  readonly apiKey: string
  /** Without a path version; the official address when left out. */
  readonly baseUrl?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * The Gemini Developer API's batches (Gemini API reference). A batch is an operation on an uploaded file, for the one model
 * that its path names, and carries our mark in its name.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function geminiProvider(options: GeminiOptions): Provider {
  const origin = parseOrigin(options.baseUrl ?? geminiBaseUrl, {
    allowed: options.insecureHttp === true,
    setting: 'providers: { gemini: { insecureHttp: true } } in offpeak.config.ts',
  })
  const key = secretKey(options.apiKey, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async () => ({ 'x-goog-api-key': key.reveal() }),
  })
  return {
    ...geminiWire,
    ...geminiService(http, origin.basePath),
    name: 'gemini',
    account: `${origin.host}/${key.digest()}`,
    limits: limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)),
    // Whether a batch whose input file was deleted still runs is written nowhere.
    recovery: { create: 'once', proof: 'marked', fence: false },
    clockSkewMs: () => http.skew.ms,
    isSimulated: () => http.isSimulated(),
    async probe(model, signal) {
      const exchange = await http.json({ method: 'GET', path: `/v1beta/models/${segment(model)}`, signal })
      const reply = classifyGemini('repeatable', exchange, (json) => asText(asFields(json)?.['name']))
      if (reply.kind !== 'accepted') return reply
      // One that is closed to new accounts is listed all the same.
      const words = `the key works and ${model} is there; whether this account may ask it, only a request tells`
      return { kind: 'accepted', value: { words } }
    },
  }
}

/** Of the 2 GB that a file may have (Gemini document, Batch API) as many as are sent in minutes. */
const safeFileBytes = 1_000_000_000
/** 100,000 records were refused as too many for the queue, the same in files of these were taken (steadybatch, no. 7). */
const safeRequests = 10_000

/** Gemini document, Batch API: 100 concurrent batches; it expires after 48 hours, and then has no results to retrieve. */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: safeRequests,
    maxBytes: safeFileBytes,
    maxBatches: 100,
    pollEveryMs,
    windowMs: 172_800_000,
    listTells: true,
    keepsPartials: false,
  }
}
