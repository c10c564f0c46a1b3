import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Flow } from '../flow.ts'

/** The quotas that the batches of a selection count against. */
export interface QuotaOptions {
  readonly quotaKey: string
  /** Where the job names several accounts: each with the quota that its batches count against. */
  readonly accounts: readonly { readonly name: string; readonly quotaKey: string }[]
}

/** The room for a plan's batches. */
export interface PlanQuota {
  readonly key: string
  /** Of all accounts together; null: that of one of them is not known. */
  readonly limitTokens: number | null
  readonly usedTokens: number
  readonly waves: number | null
  /** Of each account, where the job names several. */
  readonly accounts: readonly {
    readonly name: string
    readonly limitTokens: number | null
    readonly usedTokens: number
  }[]
}

/** The quotas that batches may count against. */
export function quotaKeysFor({ quotaKey, accounts }: QuotaOptions): readonly string[] {
  return accounts.length === 0 ? [quotaKey] : accounts.map((account) => account.quotaKey)
}

/** The part of a plan on the quotas of its accounts: of all together, as any of them takes its batches, and of each. */
export async function planQuota(
  options: QuotaOptions & { readonly flow: Pick<Flow, 'store'>; readonly deliveryMode: DeliveryMode },
  inputTokens: number,
): Promise<PlanQuota> {
  const { flow, quotaKey, accounts, deliveryMode } = options
  const quotas = await Promise.all(quotaKeysFor(options).map((key) => flow.store.quota(key)))
  const limits = quotas.map((quota) => quota?.limitTokens ?? null)
  const limitTokens = limits.reduce((sum, limit) => (sum === null || limit === null ? null : sum + limit), 0)
  return {
    key: quotaKey,
    limitTokens,
    usedTokens: quotas.reduce((sum, quota) => sum + (quota?.usedTokens ?? 0), 0),
    waves: limitTokens && deliveryMode === 'batch' ? Math.max(1, Math.ceil(inputTokens / limitTokens)) : null,
    accounts: accounts.map(({ name }, at) => ({
      name,
      limitTokens: limits[at] ?? null,
      usedTokens: quotas[at]?.usedTokens ?? 0,
    })),
  }
}
