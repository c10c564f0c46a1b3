import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from '../http/access.ts'
import { classify } from '../replies/classify.ts'
import { openHttp } from '../http/http.ts'
import { parseOrigin } from '../http/origin.ts'
import { type Secret, secretKey } from '../http/secret.ts'
import { openModelTokens } from '../openai/open-model-tokens.ts'
import { openaiBody } from '../openai/openai-body.ts'
import { fastPollEveryMs } from '../replies/fast-poll.ts'
import { openaiCalls, type OpenaiVariant } from '../openai/openai-calls.ts'
import { inspectRequest } from '../openai/openai-inspect.ts'
import { readModel, readPage } from '../openai/openai-objects.ts'
import type { Preset } from './preset.ts'

export interface PresetOptions extends Access {
  readonly apiKey: string | Secret
  /** Without the prefix of the preset; its own address when left out. */
  readonly baseUrl?: string | null
  /** How long a batch may take, where the service lets one choose; `24h` when left out. */
  readonly window?: string | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/**
 * The client of a service that is OpenAI's with a table of differences.
 *
 * Throws E_CONFIG for an unusable base URL and E_CREDENTIALS for an unusable key; calls nothing.
 */
export function presetProvider(preset: Preset, options: PresetOptions): Provider {
  const { pathPrefix, limits, recovery, tokenField } = preset
  const origin = parseOrigin(`${bareAddress(preset, options.baseUrl ?? preset.address)}${pathPrefix}`, {
    allowed: options.insecureHttp === true,
    setting: `providers: { ${preset.name}: { insecureHttp: true } } in offpeak.config.ts`,
  })
  const key = secretKey(options.apiKey, origin.host)
  const http = openHttp({
    origin,
    access: options,
    authorize: async () => ({ authorization: `Bearer ${key.reveal()}` }),
  })
  return openaiCalls({
    ...differences(preset),
    name: preset.name,
    account: `${origin.host}/${key.digest()}`,
    limits: {
      ...limits,
      windowMs: hoursOf(options.window ?? '24h') * 3_600_000,
      pollEveryMs: options.pollEveryMs ?? (origin.loopback ? fastPollEveryMs : 30_000),
    },
    recovery,
    http,
    ...(options.window != null && { window: options.window }),
    tokenRule: openModelTokens,
    // The names are the service's own catalogue, but which of them reasons, or takes what, is not known here.
    isOwnModel: false,
    inspect: (request, endpoint) =>
      inspectRequest(request, endpoint, { model: request.model, certain: false }),
    enforcesConstraints: () => false,
    body: (request, endpoint) => openaiBody(request, endpoint, tokenField),
    lineUrl: (endpoint) => endpoint,
    uploadType: 'application/jsonl',
    filesQuery: {},
    filesPageSize: 100,
    completePath: (_model, endpoint) => endpoint.replace(/^\/v1/, ''),
    async probe(model, signal) {
      const exchange = await http.json({ method: 'GET', path: '/models', signal })
      const reply = classify('repeatable', exchange, readPage)
      if (reply.kind !== 'accepted') return reply
      const isListed = reply.value.items.some((item) => readModel(item) === model)
      const words = isListed
        ? `the key works and ${model} is there`
        : `the key works, and ${model} is not listed`
      return { kind: 'accepted', value: { words } }
    },
  })
}

/** Some write the address with what the service's own client adds to it. */
function bareAddress({ pathPrefix }: Preset, baseUrl: string): string {
  const address = baseUrl.replace(/\/+$/, '')
  return pathPrefix !== '' && address.endsWith(pathPrefix) ? address.slice(0, -pathPrefix.length) : address
}

type Differences = Partial<
  Pick<OpenaiVariant, 'purpose' | 'uploadPath' | 'linesNameEndpoint' | 'takesMetadata' | 'readBatch'>
> &
  Pick<OpenaiVariant, 'uploadFields'>

function differences({
  purpose,
  uploadPath,
  uploadFields,
  linesNameEndpoint,
  takesMetadata,
  readBatch,
}: Preset): Differences {
  return {
    ...(purpose !== undefined && { purpose }),
    ...(uploadPath !== undefined && { uploadPath }),
    ...(linesNameEndpoint !== undefined && { linesNameEndpoint }),
    ...(takesMetadata !== undefined && { takesMetadata }),
    ...(readBatch !== undefined && { readBatch }),
    uploadFields: uploadFields ?? {},
  }
}

/** Of a window as the service spells it: `24h`, `7d`. */
function hoursOf(window: string): number {
  return Number.parseInt(window, 10) * (window.endsWith('d') ? 24 : 1)
}
