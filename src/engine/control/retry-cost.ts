import { parseSums } from '../../domain/sums.ts'
import type { OutcomeCounts } from '../../domain/outcome.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { microFromPico, timesAsDear } from '../../domain/money.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'
import { prepareReading } from '../job/prepare.ts'
import type { CountingWire } from '../build/count-exact-tokens.ts'
import { MostOfRetry } from './most-of-retry.ts'
import { type RetryChoice, retryFilter } from './retry-run.ts'
import type { Flow } from '../flow.ts'
import { seenJobChange } from '../job/job-change.ts'
import { currentDeliveryMode, priceIn, requirePrices } from '../job/delivery-mode.ts'
import { specOf } from '../spec.ts'

/** Requests and cost of a retry, before it is done. */
export interface RetryCost {
  readonly schema: 'offpeak.retry-plan/2'
  readonly run: string
  readonly requests: number
  readonly counts: OutcomeCounts
  readonly deliveryMode: DeliveryMode
  /** By what these requests cost when they were sent last, and others of the run; null when nothing was answered yet. */
  readonly likelyMicroUsd: number | null
  /** No less than what can be billed, with the tries that the rules of the job still make of them. */
  readonly atMostMicroUsd: number
  /** Whether the job asks otherwise today: what is sent again is sent as it was built. */
  readonly asBuilt: boolean
}

const pageSize = 1_000

/** Requests and cost of a choice of `retry`; changes nothing. */
export async function retryCostOf(flow: Flow, run: RunRow, choice: RetryChoice): Promise<RetryCost> {
  const { store, clock, definition, filesDir } = flow
  const counts: OutcomeCounts = {}
  const filter = await retryFilter(store, run, choice)
  const spec = specOf(run)
  const deliveryMode = choice.deliveryMode ?? currentDeliveryMode(run, spec, clock.now())
  requirePrices(spec, choice.deliveryMode == null ? [] : [choice.deliveryMode], spec.capMicroUsd)
  const batches = new Map((await store.batches(run.id)).map((batch) => [batch.n, batch]))
  const dearer = (batch: BatchRow): number => {
    const [then, now] = [priceIn(spec, batch.deliveryMode), priceIn(spec, deliveryMode)]
    return then === null || now === null ? 1 : timesAsDear(then, now)
  }
  const left = spec.fallback === null ? 0 : Math.max(0, spec.fallback.maxRows - run.fallbackRows)
  const laterPrice = spec.fallback === null ? null : priceIn(spec, spec.fallback.deliveryMode)
  await using most = new MostOfRetry({
    filesDir,
    spec,
    wire: await wireOf(flow, run),
    prices: [deliveryMode, ...(spec.deadlineMs === null ? [] : ['realtime' as const])].flatMap((each) => {
      const price = priceIn(spec, each) ?? spec.price
      return price === null ? [] : [price]
    }),
    fallback: laterPrice === null ? null : { price: laterPrice, requests: left },
  })
  let [requests, known, knownPicoUsd] = [0, 0, 0]
  for (let afterSeq = -1; ;) {
    const page = await store.requests(run.id, { ...filter, afterSeq, limit: pageSize })
    for (const request of page) {
      const batch = batches.get(request.batchN ?? -1)
      if (request.line === null || batch === undefined) continue
      requests++
      counts[request.outcome] = (counts[request.outcome] ?? 0) + 1
      await most.add(batch, request)
      if (request.costPicoUsd === null || request.costPicoUsd === 0) continue
      known++
      knownPicoUsd += request.costPicoUsd * dearer(batch)
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    afterSeq = last.seq
  }
  const sums = { costPicoUsd: 0, applied: 0 }
  for (const batch of batches.values()) {
    sums.costPicoUsd += (parseSums(batch.usage).costPicoUsd ?? 0) * dearer(batch)
    sums.applied += parseSums(batch.accounting).applied ?? 0
  }
  const meanPicoUsd = sums.applied === 0 ? null : sums.costPicoUsd / sums.applied
  return {
    schema: 'offpeak.retry-plan/2',
    run: run.id,
    requests,
    counts,
    deliveryMode,
    likelyMicroUsd:
      known === requests
        ? microFromPico(knownPicoUsd)
        : meanPicoUsd === null
          ? null
          : microFromPico(knownPicoUsd + meanPicoUsd * (requests - known)),
    asBuilt: (await seenJobChange({ definition }, run))?.ask === true,
    atMostMicroUsd: microFromPico(most.picoUsd),
  }
}

/** Null: the job cannot be loaded now. */
async function wireOf(flow: Flow, run: RunRow): Promise<CountingWire | null> {
  return prepareReading(flow, run).then(
    ({ provider }) => provider,
    () => null,
  )
}
