import { accessOf, headerNames } from './access.ts'
import type { Config } from '../config/config.ts'
import { editDistance } from '../connectors/tables/near-names.ts'
import { OffpeakError } from '../domain/errors.ts'
import type { AnyJob, Model } from '../ports/job.ts'
import type { Provider } from '../ports/provider.ts'
import { readAzureEndpoint } from '../providers/azure-endpoint.ts'
import { azureProvider } from '../providers/azure.ts'
import { compatibleProvider } from '../providers/compatible.ts'
import { openaiProvider } from '../providers/openai/openai.ts'
import { type EmbeddedEmulator, emulatorKey } from './emulator.ts'

/** What a job's `model` needs from the environment, and is missing there. */
export function missingCredentials(config: Config, model: Model): readonly string[] {
  const { environment } = config
  const ofHeaders = headerNames(config, model).filter((name) => environment.get(name) === null)
  return [...missingKeys(config, model), ...ofHeaders]
}

function missingKeys(config: Config, model: Model): readonly string[] {
  const { environment, settings } = config
  switch (model.provider) {
    case 'azure': {
      // A gateway that knows us by a header of its own may have the key of the resource itself.
      const isKnown = settings.azure?.token !== undefined || headerNames(config, model).length > 0
      return [
        ...(environment.azureEndpoint ? [] : ['AZURE_OPENAI_ENDPOINT']),
        ...(environment.azureApiKey || isKnown ? [] : ['AZURE_OPENAI_API_KEY']),
      ]
    }
    case 'openai':
      return environment.openaiApiKey ? [] : ['OPENAI_API_KEY']
    case 'compatible':
      return model.apiKeyEnv === undefined || environment.get(model.apiKeyEnv) !== null
        ? []
        : [model.apiKeyEnv]
  }
}

/** A real provider has a pace of its own. */
const emulatorPollMs = 250

/** Where a client goes, and when: the embedded emulator (null: the job's own provider), and our clock. */
interface Reaching<ServerContext> {
  readonly emulator: ServerContext | null
  readonly now: () => number
}

/**
 * The client that a job's model is reached through. With an embedded emulator, everything goes there and nowhere
 * else. The configuration can make batches smaller than the provider allows. Throws E_CREDENTIALS naming what is missing in the environment.
 */
export function providerFor(config: Config, job: AnyJob, reaching: Reaching<EmbeddedEmulator>): Provider {
  return limited(config, clientFor(config, job, reaching))
}

function limited(config: Config, provider: Provider): Provider {
  const { maxRequests = Infinity, maxBytes = Infinity } = config.settings.batch ?? {}
  const { limits } = provider
  return {
    ...provider,
    limits: {
      ...limits,
      maxRequests: Math.min(maxRequests, limits.maxRequests),
      maxBytes: Math.min(maxBytes, limits.maxBytes),
    },
  }
}

/** What of an emulator a client needs. */
type ServerContext = Pick<EmbeddedEmulator, 'openaiBaseUrl' | 'azureEndpoint' | 'account'>

/** Nobody is there: port 9 of this machine, where a reader would not get an answer even if it asked. */
const nowhere = {
  openaiBaseUrl: 'http://127.0.0.1:9/v1',
  azureEndpoint: 'http://127.0.0.1:9',
  account: 'nowhere',
} as const

/** A client that plans or reads stored answers and is never asked anything; it does without what is missing in the environment. */
export function readerFor(
  config: Config,
  job: AnyJob,
  { emulator, now }: Reaching<EmbeddedEmulator>,
): Provider {
  const there = emulator ?? (missingCredentials(config, job.model).length > 0 ? nowhere : null)
  return limited(config, clientFor(config, job, { emulator: there, now }, emulator !== null))
}

function clientFor(
  config: Config,
  job: AnyJob,
  { emulator, now }: Reaching<ServerContext>,
  isSimulated = emulator !== null,
): Provider {
  const client = servedBy(config, job, emulator, now)
  return emulator
    ? { ...client, account: emulator.account, ...(isSimulated ? { isSimulated: () => true } : {}) }
    : client
}

function servedBy(config: Config, job: AnyJob, emulator: ServerContext | null, now: () => number): Provider {
  const { model } = job
  const { environment, settings } = config
  if (!emulator) requireCredentials(config, job)
  const pace = emulator ? { pollEveryMs: emulatorPollMs, now } : accessOf(config, model, now)
  switch (model.provider) {
    case 'azure': {
      const token = settings.azure?.token
      const credentials = emulator
        ? { apiKey: emulatorKey }
        : token
          ? { token }
          : { apiKey: environment.azureApiKey?.value ?? null }
      return azureProvider({
        endpoint: emulator?.azureEndpoint ?? environment.azureEndpoint?.value ?? '',
        apiVersion: environment.azureApiVersion?.value ?? null,
        pricedAs: model.pricedAs ?? null,
        ...pace,
        ...credentials,
      })
    }
    case 'openai':
      return openaiProvider({
        apiKey: emulator ? emulatorKey : (environment.openaiApiKey?.value ?? ''),
        baseUrl: emulator?.openaiBaseUrl ?? environment.openaiBaseUrl?.value ?? null,
        organization: emulator ? null : (environment.openaiOrganization?.value ?? null),
        project: emulator ? null : (environment.openaiProject?.value ?? null),
        ...pace,
      })
    case 'compatible':
      return compatibleProvider({
        baseUrl: emulator?.openaiBaseUrl ?? model.baseUrl ?? '',
        apiKey: emulator
          ? emulatorKey
          : model.apiKeyEnv === undefined
            ? null
            : environment.get(model.apiKeyEnv),
        name: model.name ?? null,
        ...pace,
      })
  }
}

function requireCredentials(config: Config, job: AnyJob): void {
  const missing = missingCredentials(config, job.model)
  if (missing.length === 0) return
  const near = nearlySet(config, missing)
  throw new OffpeakError(
    'E_CREDENTIALS',
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set${near.length === 0 ? '' : `. ${near.join(' ')}`}`,
    {
      where: `job ${job.name} (${job.model.provider}); looked for in ${config.environment.lookedIn}`,
      fix: `put ${missing.map((name) => `${name}=…`).join(' and ')} into .env, or try it with invented answers: --emulator`,
    },
  )
}

/** What is set under a name that is nearly one of those that are missing. */
export function nearlySet({ environment }: Config, missing: readonly string[]): readonly string[] {
  const set = environment.names()
  return missing.flatMap((wanted) => {
    const [near] = set
      .map((name) => ({ name, distance: editDistance(bare(name), bare(wanted)) }))
      .filter(
        ({ name, distance }) =>
          (distance <= mistypedLetters || leavesOutWords(name, wanted)) && !wellKnown.has(name),
      )
      .toSorted((one, other) => one.distance - other.distance)
    return near === undefined ? [] : [`${near.name} is set; meant ${wanted}?`]
  })
}

/** Whether a name is another one without some of its middle words: AZURE_OPENAI_KEY. */
function leavesOutWords(name: string, wanted: string): boolean {
  const [own, words] = [name.toLowerCase().split('_'), wanted.toLowerCase().split('_')]
  return (
    own.length > 1 &&
    own[0] === words[0] &&
    own.at(-1) === words.at(-1) &&
    own.every((word) => words.includes(word))
  )
}

const mistypedLetters = 2
/** Names that are right as they are, however like another they look. */
const wellKnown: ReadonlySet<string> = new Set([
  'OPENAI_API_KEY',
  'AZURE_OPENAI_API_KEY',
  'AZURE_OPENAI_ENDPOINT',
])

/** Underscores, dashes and case are what people mistake most. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** The model or deployment that a job asks. Throws E_ENV when neither the job nor the environment names one. */
export function modelName(config: Config, job: AnyJob): string {
  const { azureDeployment, azureEndpoint } = config.environment
  const name =
    job.model.model ??
    azureDeployment?.value ??
    (azureEndpoint && readAzureEndpoint(azureEndpoint.value).deployment) ??
    // Without an endpoint only an emulator can answer, and that takes any name.
    (azureEndpoint === null || config.isSimulated ? job.model.pricedAs : null) ??
    null
  if (name !== null) return name
  throw new OffpeakError('E_ENV', 'the deployment is not named', {
    where: `job ${job.name}`,
    fix: "azure('my-batch-deployment') in the job, or AZURE_OPENAI_DEPLOYMENT=… in .env",
  })
}

/** Which model is behind the name of each Azure deployment, as far as the jobs say it. */
export function deploymentsOf(config: Config, jobs: readonly AnyJob[]): Readonly<Record<string, string>> {
  const deployments = new Map<string, string>()
  for (const { model } of jobs) {
    if (model.provider !== 'azure' || model.pricedAs === undefined) continue
    for (const name of [model.model ?? config.environment.azureDeployment?.value, model.realtimeModel])
      if (name !== undefined) deployments.set(name, model.pricedAs)
  }
  return Object.fromEntries(deployments)
}
