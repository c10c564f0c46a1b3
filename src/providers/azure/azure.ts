import { OffpeakError } from '../../domain/errors.ts'
import type { ProviderLimits } from '../../domain/limits.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { TokenCallback } from '../definition.ts'
import type { Access } from '../http/access.ts'
import { classify } from '../replies/classify.ts'
import { openHttp } from '../http/http.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { segment } from '../replies/segment.ts'
import { expiryFields, openaiCalls, safeFileBytes } from '../openai/openai-calls.ts'
import { openaiBody, type TokenField } from '../openai/openai-body.ts'
import { inspectRequest } from '../openai/openai-inspect.ts'
import { isLegacyGpt, isReasoningModel } from '../openai/openai-models.ts'
import { readAzureEndpoint } from './azure-endpoint.ts'
import { readPage } from '../openai/openai-objects.ts'
import { parseOrigin, type Origin } from '../http/origin.ts'
import { secretKey, type Secret } from '../http/secret.ts'

export interface AzureOptions extends Access {
  /** `https://<resource>.openai.azure.com`, or the address of a deployment as the portal shows it. */
  readonly endpoint: string
  /** A dated version speaks the dated paths, `v1` or `preview` `/openai/v1`; left out, the endpoint's own, else `v1`. */
  readonly apiVersion?: string | null
  readonly apiKey?: string | Secret | null
  /** Gives an Entra token for every call; in place of `apiKey`. */
  readonly token?: TokenCallback | null
  /** The model behind the deployment, where its name does not tell. */
  readonly pricedAs?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
  /** Uploads delete themselves so long after they were made; 1,209,600 to 2,592,000 s. Raises the cap of 500 files. */
  readonly expireUploadsAfterSeconds?: number | null
}

/**
 * Azure OpenAI's Global and Data Zone Batch, in its dated and its v1 form (Azure OpenAI REST reference).
 *
 * Throws E_CONFIG for an unusable endpoint or version and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function azureProvider(options: AzureOptions): Provider {
  const endpoint = readAzureEndpoint(options.endpoint)
  const version = parseVersion(options.apiVersion ?? endpoint.apiVersion ?? 'v1')
  const origin = resourceOrigin(endpoint.baseUrl, version.dated, options.insecureHttp === true)
  const { authorize, digest } = credentials(options, origin)
  const http = openHttp({
    origin,
    access: options,
    authorize,
    renewable: options.token != null,
    query: version.query,
  })
  return openaiCalls({
    name: 'azure',
    account: `${origin.host}/${digest}`,
    limits: limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 60_000)),
    isOwnModel: true,
    recovery: { create: 'once', proof: 'marked', fence: true },
    http,
    inspect: (request, endpoint) =>
      inspectRequest(request, endpoint, {
        model: options.pricedAs ?? request.model,
        certain: true,
        azure: true,
      }),
    // Azure OpenAI, "Structured outputs", unsupported type-specific keywords.
    enforcesConstraints: () => false,
    body: (request, endpoint) =>
      openaiBody(request, endpoint, tokenField(options.pricedAs ?? request.model, version.dated)),
    lineUrl: (endpoint) => lineUrl(endpoint, version.dated),
    pricedAs: options.pricedAs ?? null,
    uploadFields: expiryFields(
      options.expireUploadsAfterSeconds ?? null,
      1_209_600,
      (name) => `expires_after.${name}`,
    ),
    uploadType: 'application/json',
    // The dated list takes nothing but `purpose`; newest first is then our own sorting.
    filesQuery: version.dated ? {} : { order: 'desc' },
    filesPageSize: 100,
    completePath: (model, endpoint) => completePath(model, endpoint, version.dated),
    async probe(model, signal) {
      const reply = classify(
        'repeatable',
        await http.json({ method: 'GET', path: '/models', signal }),
        readPage,
      )
      if (reply.kind !== 'accepted') return reply
      const words = `the key works; whether the deployment ${model} is there cannot be told without sending a request`
      return { kind: 'accepted', value: { words } }
    },
  })
}

/** Azure OpenAI, Global Batch limits: 100,000 requests, 200 MB, a target of 24 hours; a job runs until it is done or cancelled. */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: 100_000,
    maxBytes: safeFileBytes,
    pollEveryMs,
    windowMs: 86_400_000,
    listTells: true,
    batchOnly: "a batch deployment answers only batches; name another: azure('…', { realtime: '…' })",
  }
}

interface Version {
  readonly dated: boolean
  readonly query: Readonly<Record<string, string>>
}

function parseVersion(apiVersion: string): Version {
  const version = apiVersion.trim()
  if (/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version))
    return { dated: true, query: { 'api-version': version } }
  if (version === '' || version === 'v1') return { dated: false, query: {} }
  if (version === 'preview') return { dated: false, query: { 'api-version': version } }
  throw new OffpeakError('E_CONFIG', `"${version}" is not an API version of Azure OpenAI`, {
    fix: 'use a date such as 2024-10-21, or v1, or leave it out',
  })
}

function resourceOrigin(baseUrl: string, dated: boolean, insecureHttp: boolean): Origin {
  const origin = parseOrigin(baseUrl, {
    allowed: insecureHttp,
    setting: 'azure: { insecureHttp: true } in offpeak.config.ts',
  })
  return { ...origin, basePath: `${origin.basePath}${dated ? '/openai' : '/openai/v1'}` }
}

function credentials(
  options: AzureOptions,
  origin: Origin,
): { readonly authorize: (renew: boolean) => Promise<Record<string, string>>; readonly digest: string } {
  const { apiKey, token, headers = {} } = options
  if (apiKey != null && token == null) {
    const key = secretKey(apiKey, origin.host)
    return { authorize: async () => ({ 'api-key': key.reveal() }), digest: key.digest() }
  }
  if (token != null && apiKey == null) {
    const authorize = async (renew: boolean): Promise<Record<string, string>> => {
      const given: unknown = await token({ forceRefresh: renew })
      if (typeof given !== 'string') throw new Error('the token callback gave something that is no text')
      const fresh = secretKey(given, origin.host)
      return { authorization: `Bearer ${fresh.reveal()}` }
    }
    // A token changes by the hour; the resource is what its batches share.
    return { authorize, digest: 'entra' }
  }
  // A gateway that knows us by a header of its own has the key of the resource itself.
  if (apiKey == null && token == null && Object.keys(headers).length > 0)
    return { authorize: async () => ({}), digest: 'headers' }
  throw new OffpeakError('E_CREDENTIALS', 'Azure OpenAI needs a key or a token, and not both', {
    where: origin.host,
    fix: 'set the API key, or give a token callback',
  })
}

/**
 * Models up to gpt-4.1 know `max_tokens` in every API version, thinking models refuse it. For a name that says nothing
 * the dated versions get the old field, because early ones do not know the new one, and v1 gets the new one.
 */
function tokenField(model: string, dated: boolean): TokenField {
  if (isReasoningModel(model)) return 'max_completion_tokens'
  return dated || isLegacyGpt(model) ? 'max_tokens' : 'max_completion_tokens'
}

/** The dated form writes the chat endpoint without `/v1` (Azure OpenAI REST reference 2024-10-21, examples). */
function lineUrl(endpoint: string, dated: boolean): string {
  return dated && endpoint === '/v1/chat/completions' ? '/chat/completions' : endpoint
}

function completePath(model: string, endpoint: string, dated: boolean): string {
  const path = endpoint.replace(/^\/v1/, '')
  return dated && endpoint !== '/v1/responses' ? `/deployments/${segment(model)}${path}` : path
}
