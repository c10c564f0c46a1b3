import { accessOf, headerNames, missingFor, namedAccounts, setupOf } from './access.ts'
import { alike, isUsual } from './alike-accounts.ts'
import type { Config } from '../config/config.ts'
import { ownValue } from '../domain/own-value.ts'
import { quotaKeyIn, withoutScope } from '../engine/job/quota-key.ts'
import { importPeer } from '../engine/peer.ts'
import { editDistance } from '../planning/text/near-names.ts'
import { OffpeakError } from '../domain/errors.ts'
import type { AnyJob } from '../ports/job.ts'
import type { Model } from '../ports/model.ts'
import type { Provider } from '../ports/provider/provider.ts'
import { definitionOf } from '../providers/definition.ts'
import { type EmbeddedEmulator, emulatorKey } from './emulator.ts'

/** Names that a job's `model` needs in the environment, and that are missing there. */
export function missingCredentials(config: Config, model: Model): readonly string[] {
  const ofHeaders = headerNames(config, model).filter((name) => config.environment.get(name) === null)
  const ofAccounts = namedAccounts(model).flatMap((account) => missingFor(config, model, account))
  return [...new Set([...ofAccounts, ...ofHeaders])]
}

/** A real provider has a pace of its own. */
const emulatorPollMs = 250

/** Where a client goes, and when: the embedded emulator (null: the job's own provider), and our clock. */
export interface Reaching<ServerContext> {
  readonly emulator: ServerContext | null
  readonly now: () => number
}

/**
 * The clients that a job's model is reached through, one for each of its accounts. With an embedded emulator, everything
 * goes there and nowhere else, as one account. The configuration can make batches smaller, or fewer at a time, than the
 * provider allows. Throws E_CREDENTIALS naming what is missing in the environment, and E_JOB_INVALID for accounts that
 * cannot answer for each other.
 */
export function accountsFor(
  config: Config,
  job: AnyJob,
  reaching: Reaching<EmbeddedEmulator>,
): readonly [Provider, ...Provider[]] {
  const [first, ...others] = namedAccounts(job.model)
  const client = (account: typeof first): Provider =>
    limited(config, clientFor(config, job, reaching, account))
  if (reaching.emulator || others.length === 0) return [client(first)]
  const clients = others.map(client)
  return alike(config, job, [client(first), ...clients])
}

function limited(config: Config, provider: Provider): Provider {
  const {
    maxRequests = Infinity,
    maxBytes = Infinity,
    maxConcurrent = Infinity,
  } = config.settings.batch ?? {}
  const { limits } = provider
  const maxBatches = Math.min(maxConcurrent, limits.maxBatches ?? Infinity)
  return {
    ...provider,
    limits: {
      ...limits,
      maxRequests: Math.min(maxRequests, limits.maxRequests),
      maxBytes: Math.min(maxBytes, limits.maxBytes),
      ...(maxBatches === Infinity ? {} : { maxBatches }),
    },
  }
}

/** What of an emulator a client needs. */
type ServerContext = Pick<EmbeddedEmulator, 'url' | 'account'>

/** Nobody is there: port 9 of this machine, where a reader would not get an answer even if it asked. */
const nowhere = { url: 'http://127.0.0.1:9', account: 'nowhere' } as const

/** A client that plans or reads stored answers and is never asked anything; it does without what is missing in the environment. */
export function readerFor(
  config: Config,
  job: AnyJob,
  { emulator, now }: Reaching<EmbeddedEmulator>,
): Provider {
  const there = emulator ?? (missingCredentials(config, job.model).length > 0 ? nowhere : null)
  const [first] = namedAccounts(job.model)
  return limited(config, clientFor(config, job, { emulator: there, now }, first, emulator !== null))
}

function clientFor(
  config: Config,
  job: AnyJob,
  { emulator, now }: Reaching<ServerContext>,
  account: ReturnType<typeof namedAccounts>[number],
  isSimulated = emulator !== null,
): Provider {
  const { model } = job
  const setup = setupOf(config, model, account)
  if (emulator) {
    if (emulator !== nowhere) requireDialect(job)
    const client = definitionOf(model).connect(setup, {
      pollEveryMs: emulatorPollMs,
      now,
      emulator: { url: emulator.url, key: emulatorKey },
    })
    return { ...client, account: emulator.account, ...(isSimulated ? { isSimulated: () => true } : {}) }
  }
  requireCredentials(config, job)
  const client = definitionOf(model).connect(setup, { ...accessOf(config, model, now), emulator: null })
  return account === null ? client : { ...client, place: { name: account.name, isUsual: isUsual(account) } }
}

/** Throws E_CONFIG where the emulator was chosen for a service whose language it does not speak. */
function requireDialect({ name, model }: AnyJob): void {
  const { title, isEmulated = true } = definitionOf(model)
  if (isEmulated) return
  throw new OffpeakError('E_CONFIG', `the emulator does not speak the language of ${title}`, {
    where: `job ${name} (${model.provider})`,
    fix: `leave out --emulator (and emulator in offpeak.config.ts): plan sends nothing and needs no key; to try a run, give the job another model, such as openai('gpt-4o-mini')`,
  })
}

/**
 * The packages that a job's service is called through, loaded, so that a run does not begin without one. Throws
 * E_PEER_MISSING with the command that installs it.
 */
export async function requirePackages({ model }: Pick<AnyJob, 'model'>): Promise<void> {
  const { packages = [], title } = definitionOf(model)
  for (const name of packages) await importPeer(name, `${title} is called through it`)
}

function requireCredentials(config: Config, job: AnyJob): void {
  const missing = missingCredentials(config, job.model)
  if (missing.length === 0) return
  const near = nearlySet(config, job.model, missing)
  throw new OffpeakError(
    'E_CREDENTIALS',
    `${notSet(job.model, missing)}${near.length === 0 ? '' : `. ${near.join(' ')}`}`,
    {
      where: `job ${job.name} (${job.model.provider}); looked for in ${[config.environment.lookedIn, ...(definitionOf(job.model).looksIn ?? [])].join(', ')}`,
      fix: `put ${missing.map((name) => `${name}=…`).join(' and ')} into .env, or try it with invented answers: --emulator`,
    },
  )
}

/** A sentence that names are not set, each with what would do as well. */
export function notSet(model: Model, missing: readonly string[]): string {
  const { orElse = {} } = definitionOf(model)
  const named = missing.map((name) => {
    const other = ownValue(orElse, name)
    return other === undefined ? name : `${name} (or ${other})`
  })
  return `${named.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`
}

/** Names that are set and are nearly one of those that are missing. */
export function nearlySet(
  { environment }: Config,
  model: Model,
  missing: readonly string[],
): readonly string[] {
  const { orElse = {} } = definitionOf(model)
  const set = environment.names()
  // Of names that do as well, only those: the words next to them are none.
  const wanted = missing.flatMap((name) => [
    name,
    ...((ownValue(orElse, name) ?? '').match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []),
  ])
  return wanted.flatMap((wanted) => {
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
  const { unnamed } = definitionOf(job.model)
  const name =
    job.model.model ??
    unnamed?.name(setupOf(config, job.model)) ??
    // The emulator that was chosen takes any name, whatever endpoint is set.
    (config.isSimulated ? (job.model.pricedAs ?? null) : null)
  if (name !== null) return name
  throw new OffpeakError('E_ENV', 'the deployment is not named', {
    where: `job ${job.name}`,
    fix: unnamed?.fix ?? 'name the model in the job',
  })
}

/**
 * The quota that a model's batches count against, as the configuration and `offpeak quota` name it. Of services that are
 * known by their address alone, each has one of its own: `compatible/my-model at llm.example.com/v1`.
 */
export function modelQuotaKey(config: Config, model: Model, name: string): string {
  const scope = definitionOf(model).quotaScope?.(setupOf(config, model)) ?? null
  return quotaKeyIn(`${model.provider}/${name}`, scope)
}

/** The limit in enqueued tokens that the configuration gives a quota, under its key or for all addresses; null: none. */
export function configuredLimit({ settings: { quota } }: Config, quotaKey: string): number | null {
  const found = ownValue(quota, quotaKey) ?? ownValue(quota, withoutScope(quotaKey))
  return found?.enqueuedTokens ?? null
}

/** Which model is behind the name of each Azure deployment, as far as the jobs say it. */
export function deploymentsOf(config: Config, jobs: readonly AnyJob[]): Readonly<Record<string, string>> {
  const deployments = new Map<string, string>()
  for (const { model } of jobs) {
    const { unnamed } = definitionOf(model)
    if (unnamed === undefined || model.pricedAs === undefined) continue
    for (const name of [model.model ?? unnamed.name(setupOf(config, model)), model.realtimeModel])
      if (name != null) deployments.set(name, model.pricedAs)
  }
  return Object.fromEntries(deployments)
}
