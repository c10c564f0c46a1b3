import type { Config } from '../config/config.ts'
import type { ProviderLimits } from '../domain/limits.ts'
import { OffpeakError } from '../domain/errors.ts'
import type { ModelRequest } from '../domain/request.ts'
import type { AnyJob } from '../ports/job.ts'
import type { Model } from '../ports/model.ts'
import type { ModelAccount } from '../ports/model-account.ts'
import type { Provider } from '../ports/provider/provider.ts'
import { definitionOf } from '../providers/definition.ts'
import { namedAccounts, setupOf } from './access.ts'

/** Whether an account is the one that jobs use which name none. */
export function isUsual({ env, baseUrl, apiKeyEnv, options }: ModelAccount): boolean {
  return (
    Object.keys(env).length === 0 && baseUrl === undefined && apiKeyEnv === undefined && options === undefined
  )
}

/**
 * Clients of several accounts, as one job can use them: what one takes the others take. A file is written before it is
 * known which of them it goes to, so that all must read the same bytes, at the same price. Throws E_JOB_INVALID.
 */
export function alike(
  config: Config,
  { name, model }: AnyJob,
  clients: readonly [Provider, ...Provider[]],
): readonly [Provider, ...Provider[]] {
  const [first, ...others] = clients
  const refuse = (what: string, fix: string): never => {
    throw new OffpeakError('E_JOB_INVALID', what, { where: `job ${name}`, fix })
  }
  const seen = new Map<string, string>()
  for (const { account, place } of clients) {
    const before = seen.get(account)
    if (before !== undefined)
      refuse(
        `the accounts ${before} and ${place?.name ?? ''} are one and the same at the service: it counts them against one quota`,
        'give each a key, or a region, of its own, or leave one of them out',
      )
    seen.set(account, place?.name ?? '')
  }
  for (const other of others)
    if (writtenBy(first, model) !== writtenBy(other, model))
      refuse(
        `the accounts ${first.place?.name ?? ''} and ${other.place?.name ?? ''} are not asked in the same words`,
        'use endpoints of the same version for all of them',
      )
  const setups = namedAccounts(model).map((account) => setupOf(config, model, account))
  const { unnamed, zone } = definitionOf(model)
  if (model.model === null && new Set(setups.map((setup) => unnamed?.name(setup) ?? null)).size > 1)
    refuse(
      'the endpoints of its accounts name several deployments, and a file is written for one name',
      "give the deployments one name, and write it in the job: azure('my-deployment', { accounts: [ … ] })",
    )
  if (model.zone === undefined && new Set(setups.map((setup) => zone?.(setup) ?? null)).size > 1)
    refuse(
      'its accounts compute in zones of different prices',
      'use accounts of one zone in a job, so that its budget holds',
    )
  const limits = narrowest(clients.map((client) => client.limits))
  const [one, ...more] = clients.map((client) => ({ ...client, limits: { ...client.limits, ...limits } }))
  return one === undefined ? clients : [one, ...more]
}

/** A file goes to any of them. */
function narrowest(
  limits: readonly ProviderLimits[],
): Pick<ProviderLimits, 'maxRequests' | 'maxBytes' | 'minRequests'> {
  return {
    maxRequests: Math.min(...limits.map(({ maxRequests }) => maxRequests)),
    maxBytes: Math.min(...limits.map(({ maxBytes }) => maxBytes)),
    minRequests: Math.max(...limits.map(({ minRequests = 1 }) => minRequests)),
  }
}

/** What a client makes of a small request, around it and within. */
function writtenBy(client: Provider, { endpoint, model }: Model): string {
  const named = model ?? ''
  const request: ModelRequest =
    client.taskOf(endpoint) === 'embedding'
      ? { model: named, input: '-', dimensions: null, extra: {} }
      : {
          model: named,
          messages: [{ role: 'user', content: '-' }],
          maxTokens: 1,
          temperature: null,
          schema: null,
          extra: {},
        }
  return JSON.stringify([client.lineFrame(endpoint), client.body(request, endpoint)])
}
