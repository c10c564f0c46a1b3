import { OffpeakError } from '../domain/errors.ts'
import type { Task } from '../domain/request.ts'
import { type Model, served } from '../ports/model.ts'
import type { Provider } from '../ports/provider/provider.ts'
import { type AccountParts, type GivenAccount, modelAccounts } from './accounts.ts'
import type { PeerName } from '../engine/peer-versions.ts'
import type { Access } from './http/access.ts'
import type { OwnRow } from './prices/price-row.ts'

/** Settings of a project that a service reads before anything is called. */
export interface Setup {
  readonly model: Model
  /** A value of the project's environment by its name; null: it is not set. */
  readonly env: (name: string) => string | null
  /** Gives a token in place of a key, where the configuration has such a callback. */
  readonly token: TokenCallback | null
  /** Whether the configuration adds headers of its own, by which a gateway may know us. */
  readonly hasHeaders: boolean
}

/**
 * A function that gives a token; `forceRefresh` after the service has refused the last one, so that a kept one is not
 * given again.
 */
export type TokenCallback = (options: { readonly forceRefresh: boolean }) => Promise<string>

/** How a service is called. */
export interface Connection extends Access {
  /** Answers in the place of the service, at this address and with this key; null: the service itself is called. */
  readonly emulator: { readonly url: string; readonly key: string } | null
  /** Overrides the pause between polls, in milliseconds. */
  readonly pollEveryMs?: number
}

/** A service that jobs can name: what it wants to know, what it is called with, and the client itself. */
export interface ProviderDefinition {
  /** As `provider` stands in a model, in runs and in prices. */
  readonly name: string
  /** As people write it. */
  readonly title: string
  /** The environment names that must be set and are not; empty when there is all that is needed. */
  readonly missing: (setup: Setup) => readonly string[]
  /** What does as well as a name that is missing, in words: `GOOGLE_API_KEY` for `GEMINI_API_KEY`. */
  readonly orElse?: Readonly<Record<string, string>>
  /** Where else credentials are looked for than in the environment, in words. */
  readonly looksIn?: readonly string[]
  /** The optional packages that it is called through. */
  readonly packages?: readonly PeerName[]
  /** Which of several services of its kind a model is of, where each has quotas of its own; left out: there is one. */
  readonly quotaScope?: (setup: Setup) => string | null
  /** The environment names that it reads, for this model or for any: `secret` ones are never shown. */
  readonly environment: (model: Model | null) => {
    readonly secret: readonly string[]
    readonly shown: readonly string[]
  }
  /** What one of several accounts may have of its own; left out: a model has one account. */
  readonly accounts?: AccountParts
  /** The address that it is called at; null: nothing names one. */
  readonly baseUrl: (setup: Setup) => string | null
  /** The model or deployment where the job names none, and what to do when nothing names one. */
  readonly unnamed?: { readonly name: (setup: Setup) => string | null; readonly fix: string }
  /** How a job names the model behind a name that need not tell it, so that its price is known: as a job file has it. */
  readonly namesModel?: (name: string) => string
  /** Whose rows of the price table apply; null: none for certain. */
  readonly prices: string | null
  /** What its models cost, where that is not in the table. */
  readonly priceRows?: readonly OwnRow[]
  /** Whether the emulator speaks its language; true when left out. */
  readonly isEmulated?: boolean
  /** The zone that an address computes in, where that has prices of its own. */
  readonly zone?: (setup: Setup) => 'us' | 'eu' | null
  /** The client. Throws E_CONFIG for an unusable address and E_CREDENTIALS for an unusable key; calls nothing. */
  readonly connect: (setup: Setup, connection: Connection) => Provider
}

/** The data of a model, with its accounts as the job file writes them. */
export interface ModelData extends Omit<Model, 'provider' | 'accounts' | typeof served> {
  readonly accounts?: readonly GivenAccount[] | undefined
}

/** A model that this service answers. Throws E_JOB_INVALID for accounts that it cannot have. */
export function modelOf<Of extends Task>(
  definition: ProviderDefinition,
  task: Of,
  { accounts, ...data }: ModelData,
): Model<Of> {
  return Object.freeze({
    provider: definition.name,
    ...data,
    ...(accounts !== undefined && { accounts: modelAccounts(definition, accounts, data) }),
    [served]: { task, definition },
  })
}

/** The service that answers for a model. Throws E_JOB_INVALID for one that no service has made. */
export function definitionOf(model: Pick<Model, 'provider' | typeof served>): ProviderDefinition {
  const service: unknown = Reflect.get(model, served)
  const definition: unknown =
    typeof service === 'object' && service !== null ? Reflect.get(service, 'definition') : null
  if (isDefinition(definition)) return definition
  throw new OffpeakError('E_JOB_INVALID', `nothing answers for the model of ${model.provider}`, {
    fix: "write it as openai('gpt-4o-mini') or with another function of 'offpeak'; a copy of its fields is no model",
  })
}

function isDefinition(value: unknown): value is ProviderDefinition {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'connect') === 'function'
}

/** The first of some names that is set, with its value. */
export function firstSet(
  { env }: Pick<Setup, 'env'>,
  ...names: readonly string[]
): { readonly name: string; readonly value: string } | null {
  for (const name of names) {
    const value = env(name)
    if (value !== null) return { name, value }
  }
  return null
}
