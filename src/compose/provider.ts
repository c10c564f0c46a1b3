import type { Config } from '../config/config.ts'
import { OffpeakError } from '../domain/errors.ts'
import type { AnyJob, Model } from '../ports/job.ts'
import type { Provider } from '../ports/provider.ts'
import { azureProvider } from '../providers/azure.ts'
import { compatibleProvider } from '../providers/compatible.ts'
import { openaiProvider } from '../providers/openai.ts'
import { type EmbeddedEmulator, emulatorKey } from './emulator.ts'

/** What a job's `model` needs from the environment, and is missing there. */
export function missingCredentials(config: Config, model: Model): readonly string[] {
  const { environment, settings } = config
  switch (model.provider) {
    case 'azure':
      return [
        ...(environment.azureEndpoint ? [] : ['AZURE_OPENAI_ENDPOINT']),
        ...(environment.azureApiKey || settings.azure?.token ? [] : ['AZURE_OPENAI_API_KEY']),
      ]
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

/** Whether the embedded emulator answers a job: where it is told to, or where the job's credentials are missing. */
export function isSimulated(config: Config, { model }: Pick<AnyJob, 'model'>): boolean {
  const { emulator } = config.settings
  return emulator === 'auto' ? missingCredentials(config, model).length > 0 : emulator !== false
}

/**
 * The client that a job's model is reached through. With an embedded emulator, everything goes there and nowhere
 * else. The configuration can make batches smaller than the provider allows. Throws E_CREDENTIALS naming what is missing in the environment.
 */
export function providerFor(config: Config, job: AnyJob, emulator: EmbeddedEmulator | null): Provider {
  const provider = clientFor(config, job, emulator)
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

/** Nobody is there: port 9 of this machine, where a reader would not get an answer even if it asked. */
const nowhere = {
  openaiBaseUrl: 'http://127.0.0.1:9/v1',
  azureEndpoint: 'http://127.0.0.1:9',
} as const

/** A client that reads stored answers and is never asked anything; it does without what is missing in the environment. */
export function readerFor(config: Config, job: AnyJob, emulator: EmbeddedEmulator | null): Provider {
  const there = emulator ?? (missingCredentials(config, job.model).length > 0 ? nowhere : null)
  return clientFor(config, job, there)
}

function clientFor(
  config: Config,
  job: AnyJob,
  emulator: Pick<EmbeddedEmulator, 'openaiBaseUrl' | 'azureEndpoint'> | null,
): Provider {
  const { model } = job
  const { environment, settings } = config
  if (!emulator) requireCredentials(config, job)
  const pace = emulator ? { pollEveryMs: emulatorPollMs } : {}
  switch (model.provider) {
    case 'azure': {
      const token = settings.azure?.token
      const credentials = emulator
        ? { apiKey: emulatorKey }
        : token
          ? { token }
          : { apiKey: environment.azureApiKey?.value ?? '' }
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
  throw new OffpeakError(
    'E_CREDENTIALS',
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
    {
      where: `job ${job.name} (${job.model.provider})`,
      fix: `put ${missing.map((name) => `${name}=…`).join(' and ')} into .env, or try it without a key: emulator: 'auto' in offpeak.config.ts`,
    },
  )
}

/** The model or deployment that a job asks. Throws E_ENV when neither the job nor the environment names one. */
export function modelName(config: Config, job: AnyJob): string {
  const { azureDeployment, azureEndpoint } = config.environment
  const name =
    job.model.model ??
    azureDeployment?.value ??
    // Without an endpoint only an emulator can answer, and that takes any name.
    (azureEndpoint === null ? job.model.pricedAs : null) ??
    null
  if (name !== null) return name
  throw new OffpeakError('E_ENV', 'the deployment is not named', {
    where: `job ${job.name}`,
    fix: "azure('my-batch-deployment') in the job, or AZURE_OPENAI_DEPLOYMENT=… in .env",
  })
}

/** Which model is behind the name of each Azure deployment, as far as the jobs say it. */
export function deploymentsOf(config: Config, jobs: readonly AnyJob[]): Readonly<Record<string, string>> {
  const deployments: Record<string, string> = {}
  for (const { model } of jobs) {
    if (model.provider !== 'azure' || model.pricedAs === undefined) continue
    for (const name of [model.model ?? config.environment.azureDeployment?.value, model.realtimeModel])
      if (name !== undefined) deployments[name] = model.pricedAs
  }
  return deployments
}
