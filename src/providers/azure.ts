import { OffpeakError } from '../domain/errors.ts'
import type { ProviderLimits } from '../domain/limits.ts'
import type { Endpoint } from '../domain/request.ts'
import type { Provider } from '../ports/provider.ts'
import { classify } from './classify.ts'
import { openHttp } from './http.ts'
import { expiryFields, fastPollEveryMs, openaiCalls, safeFileBytes, segment } from './openai-calls.ts'
import { openaiBody, type TokenField } from './openai-body.ts'
import { inspectRequest } from './openai-inspect.ts'
import { plainGpt, thinks } from './openai-models.ts'
import { readPage } from './openai-objects.ts'
import { parseOrigin, type Origin } from './origin.ts'
import { secretKey, type Secret } from './secret.ts'
import type { Timeouts } from './timeouts.ts'

export interface AzureOptions {
  /** `https://<resource>.openai.azure.com`; a trailing `/openai` or `/openai/v1` is understood. */
  readonly endpoint: string
  /** A dated version speaks the dated paths; left out, `v1` or `preview` speaks `/openai/v1`. */
  readonly apiVersion?: string | null
  readonly apiKey?: string | Secret | null
  /** Gives an Entra token for every call; in place of `apiKey`. */
  readonly token?: (() => Promise<string>) | null
  /** The model behind the deployment, where its name does not tell. */
  readonly pricedAs?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
  /** Uploads delete themselves so long after they were made; 1,209,600 to 2,592,000 s. Raises the cap of 500 files. */
  readonly expireUploadsAfterSeconds?: number | null
  readonly timeouts?: Partial<Timeouts>
  /** Our clock; that of this machine when left out. */
  readonly now?: () => number
}

/**
 * Azure OpenAI's Global and Data Zone Batch, in its dated and its v1 form (Azure OpenAI REST reference).
 *
 * Throws E_CONFIG for an unusable endpoint or version and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function azureProvider(options: AzureOptions): Provider {
  const version = parseVersion(options.apiVersion ?? 'v1')
  const origin = resourceOrigin(options.endpoint, version.dated)
  const { authorize, digest } = credentials(options, origin)
  const http = openHttp({
    origin,
    authorize,
    query: version.query,
    ...(options.timeouts && { timeouts: options.timeouts }),
    ...(options.now && { now: options.now }),
  })
  return openaiCalls({
    name: 'azure',
    account: `${origin.host}/${digest}`,
    limits: limits(options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 60_000)),
    http,
    inspect: (request, endpoint) =>
      inspectRequest(request, endpoint, {
        model: options.pricedAs ?? request.model,
        certain: true,
        azure: true,
      }),
    body: (request, endpoint) =>
      openaiBody(request, endpoint, tokenField(options.pricedAs ?? request.model, version.dated)),
    lineUrl: (endpoint) => lineUrl(endpoint, version.dated),
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

/** Azure OpenAI, Global Batch limits: 100,000 requests, 200 MB; a job runs until it is done or cancelled. */
function limits(pollEveryMs: number): ProviderLimits {
  return {
    maxRequests: 100_000,
    maxBytes: safeFileBytes,
    metadata: true,
    fenceByDelete: true,
    expires: false,
    pollEveryMs,
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

function resourceOrigin(endpoint: string, dated: boolean): Origin {
  const origin = parseOrigin(endpoint)
  const resource = origin.basePath.replace(/\/openai(?:\/v1)?$/, '')
  return { ...origin, basePath: `${resource}${dated ? '/openai' : '/openai/v1'}` }
}

function credentials(
  options: AzureOptions,
  origin: Origin,
): { readonly authorize: () => Promise<Record<string, string>>; readonly digest: string } {
  const { apiKey, token } = options
  if (apiKey != null && token == null) {
    const key = secretKey(apiKey, origin.host)
    return { authorize: async () => ({ 'api-key': key.reveal() }), digest: key.digest() }
  }
  if (token != null && apiKey == null) {
    const authorize = async (): Promise<Record<string, string>> => {
      const fresh = secretKey(await token(), origin.host)
      return { authorization: `Bearer ${fresh.reveal()}` }
    }
    // A token changes by the hour; the resource is what its batches share.
    return { authorize, digest: 'entra' }
  }
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
  if (thinks(model)) return 'max_completion_tokens'
  return dated || plainGpt(model) ? 'max_tokens' : 'max_completion_tokens'
}

/** The dated form writes the chat endpoint without `/v1` (Azure OpenAI REST reference 2024-10-21, examples). */
function lineUrl(endpoint: Endpoint, dated: boolean): string {
  return dated && endpoint === '/v1/chat/completions' ? '/chat/completions' : endpoint
}

function completePath(model: string, endpoint: Endpoint, dated: boolean): string {
  const path = endpoint.replace(/^\/v1/, '')
  return dated && endpoint !== '/v1/responses' ? `/deployments/${segment(model)}${path}` : path
}
