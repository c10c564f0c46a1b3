import type { Flow } from '../flow.ts'
import { withoutScope } from '../job/quota-key.ts'
import { specOf } from '../spec.ts'

/** The enqueued tokens of one model at one provider. */
export interface QuotaStatus {
  /** Provider and model, as in the config: `openai/gpt-4o-mini`. */
  readonly key: string
  /** Null: neither the config nor the provider has named a limit. */
  readonly limitTokens: number | null
  readonly usedTokens: number
  /** Until then nothing is sent, because the provider asked for a pause; null: there is none. */
  readonly notBefore: number | null
  /** Batches that hold tokens. */
  readonly enqueuedBatches: number
  readonly waitingBatches: number
  /** As counted, or bounded by their bytes where they were not counted yet. */
  readonly waitingTokens: number
  /** So many times the whole limit must come free until all that waits is sent; null: no limit is known. */
  readonly waves: number | null
  /** Runs that go on; the sources of some are not read to their end, so that more batches will come. */
  readonly runs: readonly string[]
  readonly moreToCome: boolean
}

export interface Quotas {
  readonly schema: 'offpeak.quota/2'
  readonly quotas: readonly QuotaStatus[]
}

const maxLive = 1_000

/** Limits, enqueued tokens and waiting files of each quota, from the state alone. */
export async function quotasOf({ store, clock }: Pick<Flow, 'store' | 'clock'>): Promise<Quotas> {
  const now = clock.now()
  const quotas = new Map<string, QuotaStatus>()
  const empty = (key: string): QuotaStatus => ({
    key,
    limitTokens: null,
    usedTokens: 0,
    notBefore: null,
    enqueuedBatches: 0,
    waitingBatches: 0,
    waitingTokens: 0,
    waves: null,
    runs: [],
    moreToCome: false,
  })
  for (const { key, limitTokens, usedTokens, notBefore } of await store.quotas())
    quotas.set(key, {
      ...empty(key),
      limitTokens,
      usedTokens,
      notBefore: notBefore > now ? notBefore : null,
    })
  for (const run of await store.runs({ live: true, limit: maxLive })) {
    const { quotaKey } = specOf(run)
    const attempts = await store.attempts(run.id)
    // With several accounts each batch counts where it went; what waits may go to any of them.
    for (const [key, held] of Map.groupBy(
      attempts.filter(({ holdsTokens }) => holdsTokens === 1),
      (attempt) => attempt.quotaKey ?? quotaKey,
    )) {
      const quota = quotas.get(key) ?? empty(key)
      const runs = key === quotaKey || quota.runs.includes(run.id) ? quota.runs : [...quota.runs, run.id]
      quotas.set(key, { ...quota, runs, enqueuedBatches: quota.enqueuedBatches + held.length })
    }
    const before = quotas.get(quotaKey) ?? empty(quotaKey)
    const waiting = new Set(attempts.filter(({ state }) => state === 'waiting').map(({ batchN }) => batchN))
    const tokens = (await store.batches(run.id)).reduce(
      (sum, { n, maxTokens }) => sum + (waiting.has(n) ? maxTokens : 0),
      0,
    )
    quotas.set(quotaKey, {
      ...before,
      waitingBatches: before.waitingBatches + waiting.size,
      waitingTokens: before.waitingTokens + tokens,
      runs: [...before.runs, run.id],
      moreToCome: before.moreToCome || run.sourceDone === 0,
    })
  }
  const isGeneral = (key: string): boolean =>
    [...quotas.keys()].some((other) => other !== key && withoutScope(other) === key)
  return {
    schema: 'offpeak.quota/2',
    quotas: [...quotas.values()]
      // A limit for all addresses of a kind of service is shown with each of them.
      .filter(({ key, usedTokens, runs }) => usedTokens > 0 || runs.length > 0 || !isGeneral(key))
      .map((quota) => ({ ...quota, waves: wavesOf(quota) }))
      .toSorted((one, other) => one.key.localeCompare(other.key)),
  }
}

function wavesOf({ limitTokens, waitingTokens }: QuotaStatus): number | null {
  return limitTokens === null || limitTokens <= 0 ? null : Math.ceil(waitingTokens / limitTokens)
}
