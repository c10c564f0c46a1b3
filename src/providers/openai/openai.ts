import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { classify } from '../replies/classify.ts'
import { openHttp } from '../http/http.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { segment } from '../replies/segment.ts'
import { expiryFields, openaiCalls, safeFileBytes } from './openai-calls.ts'
import { openaiBody } from './openai-body.ts'
import { inspectRequest } from './openai-inspect.ts'
import { readModel } from './openai-objects.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey, type Secret } from '../http/secret.ts'

export const openaiBaseUrl = 'https://api.openai.com/v1'

export interface OpenaiOptions extends Access {
  readonly apiKey: string | Secret
  /** The official address when left out. */
  readonly baseUrl?: string | null
  /** Who pays, for a key that belongs to several (OpenAI API reference, Authentication). */
  readonly organization?: string | null
  readonly project?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
  /** Uploads delete themselves so long after they were made; 3,600 to 2,592,000 s. */
  readonly expireUploadsAfterSeconds?: number | null
}

/**
 * OpenAI's Batch API (OpenAI API reference, Batch and Files).
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function openaiProvider(options: OpenaiOptions): Provider {
  const origin = parseOrigin(options.baseUrl ?? openaiBaseUrl, {
    allowed: options.insecureHttp === true,
    setting: 'openai: { insecureHttp: true } in offpeak.config.ts',
  })
  const { organization, project } = options
  const key = secretKey(options.apiKey, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async () => ({ authorization: `Bearer ${key.reveal()}` }),
    plainHeaders: {
      ...(organization != null && { 'openai-organization': organization }),
      ...(project != null && { 'openai-project': project }),
    },
  })
  return openaiCalls({
    name: 'openai',
    account: [origin.host, key.digest(), organization, project].filter((part) => part != null).join('/'),
    limits: limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)),
    isOwnModel: true,
    recovery: { create: 'once', proof: 'marked', fence: true },
    http,
    inspect: (request, endpoint) =>
      inspectRequest(request, endpoint, { model: request.model, certain: true }),
    // OpenAI guide, "Structured model outputs", supported properties: not yet for fine-tuned models.
    enforcesConstraints: (model) => !model.startsWith('ft:'),
    // The newer name is the only one that thinking models take, and every model of OpenAI itself knows it.
    body: (request, endpoint) => openaiBody(request, endpoint, 'max_completion_tokens'),
    lineUrl: (endpoint) => endpoint,
    uploadFields: expiryFields(
      options.expireUploadsAfterSeconds ?? null,
      3_600,
      (name) => `expires_after[${name}]`,
    ),
    uploadType: 'application/jsonl',
    filesQuery: { order: 'desc' },
    filesPageSize: 1_000,
    completePath,
    async probe(model, signal) {
      const exchange = await http.json({ method: 'GET', path: `/models/${segment(model)}`, signal })
      const reply = classify('repeatable', exchange, readModel)
      if (reply.kind === 'accepted')
        return { kind: 'accepted', value: { words: `the key works and ${model} is there` } }
      return reply
    },
  })
}

/** OpenAI guide, Batch API: 50,000 requests, 200 MB, ends after 24 hours. */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: 50_000,
    maxBytes: safeFileBytes,
    pollEveryMs,
    windowMs: 86_400_000,
    listTells: true,
  }
}

function completePath(_model: string, endpoint: string): string {
  return endpoint.replace(/^\/v1/, '')
}
