import { OffpeakError } from '../../domain/errors.ts'
import { type OutcomeCounts, outcomeNames } from '../../domain/outcome.ts'
import { type AskedPart, type Offer, remediesFor } from '../../planning/waiting/remedies.ts'
import { needsChange } from '../../wording/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { seenJobChange } from '../job/job-change.ts'
import { judgedAgain } from '../merge/judge-again.ts'
import { amountOfPlan, maxCostOf } from '../../wording/amount-of-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { prepareReading } from '../job/prepare.ts'
import { retryCostOf } from './retry-cost.ts'
import { rescueSelection, type RescueSelection } from './rescue.ts'
import { type RunStatus, statusOf } from '../queries/status.ts'
import { amountAsSent } from './amount-of-retry.ts'

/** One way to help records of a run, with what it costs. */
export interface Remedy extends Offer {
  /** 0: nothing is sent; null: no price is known, or nothing was answered to tell by. */
  readonly likelyMicroUsd: number | null
  readonly atMostMicroUsd: number | null
  /** What `--max-cost` is to be for it: as sent, for the whole run with it. */
  readonly agreeMicroUsd: number | null
  /** What of the requests is another now, and for how many of them. */
  readonly parts: Readonly<Partial<Record<AskedPart, number>>>
}

/** Remedies for the records of a run that were not answered well, the best first. */
export interface Remedies {
  readonly schema: 'offpeak.remedies/2'
  readonly run: string
  /** None while the run goes on. */
  readonly items: readonly Remedy[]
  /** Stored answers that were judged by the job of today; there may be more. */
  readonly judged: number
  /** Records that end the same again until the job, the row or the model is another one. */
  readonly stuck: OutcomeCounts
  /** Why the job of today cannot be asked or cannot judge; null: it can. */
  readonly problem: string | null
}

const none = { accepted: {}, judged: 0 } as const

/** Remedies of a run by what has changed since it was asked, with the cost of each. Sends and writes nothing. */
export async function remediesOf(
  flow: Flow,
  run: RunRow,
  plan: (selection: RescueSelection) => Promise<Plan>,
): Promise<Remedies> {
  const { counts, money } = await statusOf(flow, run)
  const about = { schema: 'offpeak.remedies/2', run: run.id } as const
  if (run.liveKey !== null) return { ...about, items: [], judged: 0, stuck: {}, problem: null }
  const present = outcomeNames.filter((name) => (counts[name] ?? 0) > 0)
  let problem: string | null = null
  const orProblem = async <Found>(find: () => Promise<Found>, otherwise: Found): Promise<Found> => {
    try {
      return await find()
    } catch (thrown) {
      if (!(thrown instanceof OffpeakError)) throw thrown
      problem = thrown.message
      return otherwise
    }
  }
  const { accepted, judged } = await orProblem(
    async () => judgedAgain(flow, run, await prepareReading(flow, run), present),
    none,
  )
  const choice = { outcomes: null, reason: null, keys: null, model: null, maxTokens: null }
  const today = await orProblem(async () => {
    const selection = await rescueSelection(flow, run, choice)
    return selection.only.length === 0 ? null : plan(selection)
  }, null)
  const judgesOtherwise = (await seenJobChange(flow, run))?.write === true
  const offers = remediesFor(counts, { accepted, asked: today?.rescue?.asked ?? 0, judgesOtherwise })
  const items: Remedy[] = []
  for (const offer of offers) items.push({ ...offer, ...(await priceOf(flow, run, money, offer, today)) })
  const isAsked = offers.some(({ kind }) => kind === 'today')
  return {
    ...about,
    items,
    judged,
    stuck: isAsked
      ? (today?.failsAgain?.outcomes ?? {})
      : Object.fromEntries(needsChange.flatMap((name) => (counts[name] ? [[name, counts[name]]] : []))),
    problem,
  }
}

async function priceOf(
  flow: Flow,
  run: RunRow,
  money: RunStatus['money'],
  { kind, outcomes }: Offer,
  today: Plan | null,
): Promise<Pick<Remedy, 'likelyMicroUsd' | 'atMostMicroUsd' | 'agreeMicroUsd' | 'parts'>> {
  switch (kind) {
    case 'judge':
      return { likelyMicroUsd: 0, atMostMicroUsd: 0, agreeMicroUsd: null, parts: {} }
    case 'today':
      return {
        likelyMicroUsd: today?.cost?.likelyMicroUsd ?? null,
        atMostMicroUsd: today === null ? null : maxCostOf(today),
        agreeMicroUsd: today === null ? null : amountOfPlan(today),
        parts: today?.rescue?.parts ?? {},
      }
    case 'as-sent': {
      const cost = await retryCostOf(flow, run, { outcomes, reason: null, keys: null })
      return {
        likelyMicroUsd: cost.likelyMicroUsd,
        atMostMicroUsd: cost.atMostMicroUsd,
        agreeMicroUsd: amountAsSent(run, money, cost),
        parts: {},
      }
    }
  }
}
