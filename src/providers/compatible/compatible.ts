import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { classify } from '../replies/classify.ts'
import { openHttp } from '../http/http.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { openaiCalls } from '../openai/openai-calls.ts'
import { openaiBody } from '../openai/openai-body.ts'
import { inspectRequest } from '../openai/openai-inspect.ts'
import { isReasoningModel } from '../openai/openai-models.ts'
import { readModel, readPage } from '../openai/openai-objects.ts'
import { parseOrigin } from '../http/origin.ts'
import { secretKey, type Secret } from '../http/secret.ts'

export interface CompatibleOptions extends Access {
  /** Up to and with the version, as in `http://localhost:8000/v1`. */
  readonly baseUrl: string
  /** Left out or null for a server that asks for none. */
  readonly apiKey?: string | Secret | null
  /** What people call the service; `compatible` when left out. */
  readonly name?: string | null
  /** The function by which a job names it; `openaiCompatible` when left out. */
  readonly calledAs?: string
  readonly tokenRule?: Provider['tokenRule']
  /** Whether a batch can be given metadata; true when left out. */
  readonly takesMetadata?: boolean
  /** Whether it is a server of one's own, called straight: its 503 means in any words that it has not begun. */
  readonly isOwnServer?: boolean
  /** What is known about this service, in place of the careful assumptions. */
  readonly limits?: Partial<ProviderLimits>
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * The provider for any service that took over OpenAI's Files and Batch API.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function compatibleProvider(options: CompatibleOptions): Provider {
  const origin = parseOrigin(options.baseUrl, {
    allowed: options.insecureHttp === true,
    setting: `${options.calledAs ?? 'openaiCompatible'}({ insecureHttp: true, … })`,
  })
  const key = options.apiKey == null ? null : secretKey(options.apiKey, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async (): Promise<Record<string, string>> =>
      key === null ? {} : { authorization: `Bearer ${key.reveal()}` },
  })
  return openaiCalls({
    name: options.name ?? 'compatible',
    account: `${origin.host}/${key === null ? 'open' : key.digest()}`,
    limits: {
      ...limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000)),
      ...options.limits,
    },
    // Metadata may not come back, and a deleted input may still run.
    isOwnModel: false,
    recovery: { create: 'once', proof: 'sameInput', fence: false },
    http,
    ...(options.tokenRule && { tokenRule: options.tokenRule }),
    ...(options.takesMetadata !== undefined && { takesMetadata: options.takesMetadata }),
    metadataFix: `${options.calledAs ?? 'openaiCompatible'}({ takesMetadata: false, … }) leaves it out`,
    isOwnServer: options.isOwnServer === true,
    inspect: (request, endpoint) =>
      inspectRequest(request, endpoint, { model: request.model, certain: false }),
    // The older name is the one that every server of this kind knows; behind a gateway the model decides.
    // What such a service has no keyword for it may refuse.
    enforcesConstraints: () => false,
    body: (request, endpoint) =>
      openaiBody(request, endpoint, isReasoningModel(request.model) ? 'max_completion_tokens' : 'max_tokens'),
    lineUrl: (endpoint) => endpoint,
    uploadFields: {},
    uploadType: 'application/jsonl',
    filesQuery: { order: 'desc' },
    filesPageSize: 100,
    completePath,
    async probe(model, signal) {
      const reply = classify(
        'repeatable',
        await http.json({ method: 'GET', path: '/models', signal }),
        readPage,
      )
      // A server without this list is still one that may run batches.
      const isPage = reply.kind === 'refused' && reply.cause === 'away' && reply.layer === 'network'
      if (reply.kind === 'refused' && (reply.cause === 'gone' || (reply.status === 404 && !isPage))) {
        return {
          kind: 'accepted',
          value: { words: `the server answers, but does not tell its models, so ${model} is unchecked` },
        }
      }
      if (reply.kind !== 'accepted') return reply
      const listed = reply.value.items.some((item) => readModel(item) === model)
      const words = listed
        ? `the server answers and lists ${model}`
        : `the server answers, but does not list ${model}`
      return { kind: 'accepted', value: { words } }
    },
  })
}

/** The smallest of what such services document. */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: 50_000,
    maxBytes: 99_000_000,
    pollEveryMs,
    // What a create asks for.
    windowMs: 86_400_000,
  }
}

function completePath(_model: string, endpoint: string): string {
  return endpoint.replace(/^\/v1/, '')
}
