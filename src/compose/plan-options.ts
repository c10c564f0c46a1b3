import type { DeliveryMode } from '../domain/delivery-mode.ts'
import { keyOfTyped } from '../wording/typed-key.ts'
import { chosenDelivery } from '../engine/job/delivery-mode.ts'
import { quotaKeyAt } from '../engine/job/quota-key.ts'
import type { Model } from '../ports/model.ts'
import type { PlanOptions } from '../engine/plan/plan.ts'
import { quotaKeysFor } from '../engine/plan/plan-quota.ts'
import { parseParams, prepare, readExamples } from '../engine/job/prepare.ts'
import { requestCounter } from '../planning/tokens/request-counter.ts'
import { findPrice, type FoundPrice } from '../providers/prices/prices.ts'
import { definitionOf } from '../providers/definition.ts'
import { isUsual } from './alike-accounts.ts'
import { askedJob } from './asked-job.ts'
import { configuredBudgets } from './configured-budgets.ts'
import { followersOf } from './followers.ts'
import { requireKnownParams } from './known-params.ts'
import { nearModels, priceQuestion } from './price-question.ts'
import { configuredLimit, modelQuotaKey, requirePackages } from './provider.ts'
import type { Selection } from './selection.ts'
import { type Workspace, writesFor } from './workspace.ts'

/** Options that a selection of a job is planned and started with. */
export interface SelectedOptions extends PlanOptions {
  /** What all runs of the job may cost in one UTC day; null: no bound. */
  readonly perDayMicroUsd: number | null
  readonly params: Selection['params']
  readonly examples: readonly unknown[]
}

/**
 * A job prepared for a selection of it; `asks`: its provider will be asked, which needs a key; `model`: another one
 * than the job's. Throws E_JOB_UNKNOWN, E_PARAMS, E_SCHEMA, E_ENV, E_PEER_MISSING and, where it asks, E_CREDENTIALS.
 */
export async function planOptions(
  workspace: Workspace,
  name: string,
  selection: Selection,
  { asks, model: askedModel = null }: { readonly asks: boolean; readonly model?: string | null },
): Promise<SelectedOptions> {
  const { config, store, flow, apart } = workspace
  const { rescue = null } = selection
  const asked = askedJob(config, (await workspace.loaded(name)).job, { model: askedModel, rescue })
  const { job, model, client, insteadOf } = asked
  const own = writesFor(workspace, selection) ? flow : apart
  await requirePackages(job)
  // What only plans needs no key.
  const provider = await (asks ? flow.provider(client) : flow.reader(client))
  const isSimulated = provider.isSimulated() ?? (await store.wasSimulated(provider.account))
  const params = await parseParams(job, selection.params)
  // What an earlier run was given may have another name by now.
  if (rescue === null) requireKnownParams(job, selection.params, params)
  const examples = await readExamples(job, own)
  const ask = priceQuestion(config, job, model)
  const budgets = configuredBudgets(config, job)
  const prepared = prepare({
    job,
    provider,
    params,
    examples,
    model,
    endpoint: job.model.endpoint,
    version: job.version ?? '',
    insteadOf,
  })
  const keyParts = prepared.source.keyFields.length
  const quotaKey = modelQuotaKey(config, job.model, model)
  const accounts = accountQuotas(workspace, job.model, quotaKey)
  // The configuration may have limited all services of the kind, before anybody knew of this one.
  for (const key of quotaKeysFor({ quotaKey, accounts })) {
    const limitTokens = configuredLimit(config, key)
    if (limitTokens !== null) await store.setQuota(key, { limitTokens })
  }
  const { cacheWriting } = prepared.inspection
  const priced = (deliveryMode: DeliveryMode): FoundPrice | null => {
    const found = findPrice({ ...ask, deliveryMode, at: flow.clock.now() })
    if (found === null) return found
    const { unit } = prepared
    return {
      ...found,
      price: {
        ...found.price,
        ...(cacheWriting !== undefined && { writes: cacheWriting }),
        ...(unit !== 'token' && { unit }),
      },
    }
  }
  return {
    flow: own,
    isSimulated,
    params: selection.params,
    examples,
    job: prepared,
    counter: await requestCounter(provider, prepared.pricedAs),
    ...chosenDelivery(provider, job, selection),
    price: priced('batch'),
    flexPrice: priced('flex'),
    realtimePrice: priced('realtime'),
    nearModels: nearModels(ask),
    namesModel: definitionOf(job.model).namesModel?.(model) ?? null,
    budgetMicroUsd: budgets.perRunMicroUsd,
    perDayMicroUsd: budgets.perDayMicroUsd,
    followers: followersOf(await config.jobs.all(), job.name),
    quotaKey,
    accounts,
    limit: selection.limit,
    only: selection.only?.map((key) => (rescue ? key : keyOfTyped(key, keyParts))) ?? null,
    redo: selection.redo,
    payAgain: selection.payAgain === true,
    keep: selection.keep === true,
    rescue: rescue && { run: rescue.run, maxTokens: rescue.maxTokens, insteadOf },
  }
}

/** The accounts that a job names, with their quotas; none where an emulator answers, which is one account. */
function accountQuotas(
  { config }: Pick<Workspace, 'config'>,
  { accounts = [] }: Model,
  quotaKey: string,
): PlanOptions['accounts'] {
  if (config.isSimulated) return []
  return accounts.map((account) => ({
    name: account.name,
    quotaKey: isUsual(account) ? quotaKey : quotaKeyAt(quotaKey, account.name),
  }))
}
