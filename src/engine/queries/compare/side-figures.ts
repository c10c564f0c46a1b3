import { type Outcome, outcomeNames } from '../../../domain/outcome.ts'
import {
  type Difference,
  Moments,
  pairedMeans,
  pairedShares,
  unpairedMeans,
  unpairedShares,
} from '../../../planning/answers/difference.ts'
import type { RequestRow } from '../../../ports/state.ts'
import { specOf } from '../../spec.ts'
import { isAccepted, type Side, sideName } from './sides.ts'

/** How the answers of one side turned out, over the records that are compared. Means are null where there is nothing to take one of. */
export interface SideFigures {
  readonly name: string
  /** The job of its run, which may be a candidate. */
  readonly job: string
  readonly model: string
  /** All records of the side. */
  readonly records: number
  /** Those that the other figures are of: answered, and on all sides where these have records in common. */
  readonly compared: number
  /** Accepted, in percent. */
  readonly validPercent: number | null
  /** Of all records of the side. */
  readonly costMicroUsd: number
  readonly microUsdPerRecord: number | null
  /** Of accepted answers. */
  readonly outputTokens: number | null
  /** From 0 to 1. */
  readonly score: number | null
}

/** How a side differs from the first one; null where too few records tell. */
export interface SideDifferences {
  /** In percentage points. */
  readonly validPercent: Difference | null
  readonly score: Difference | null
  readonly microUsdPerRecord: Difference | null
  readonly outputTokens: Difference | null
}

/** What says nothing about prompt or model: it was not asked, or never answered. */
const unanswered: readonly Outcome[] = [
  'pending',
  'transient',
  'expired',
  'missing',
  'unsure',
  'cancelled',
  'lost',
  'unrenderable',
  'oversize',
]

/** Outcomes that rate an answer. */
export const answeredOutcomes: readonly Outcome[] = outcomeNames.filter((name) => !unanswered.includes(name))

export function isAnswered({ outcome }: Pick<RequestRow, 'outcome'>): boolean {
  return !unanswered.includes(outcome)
}

type Measured = Pick<RequestRow, 'outcome' | 'costPicoUsd' | 'scorePermille' | 'outputTokens'>

/** Sums of the compared figures of one side. */
export class SideSums {
  records = 0
  #totalPicoUsd = 0
  #accepted = 0
  #compared = 0
  readonly #microUsd = new Moments()
  readonly #tokens = new Moments()
  readonly #score = new Moments()

  /** A record of the side, compared or not. */
  count(request: Measured): void {
    this.records += 1
    this.#totalPicoUsd += request.costPicoUsd ?? 0
  }

  /** A record that is compared. */
  add(request: Measured): void {
    this.#compared += 1
    this.#microUsd.add(microUsdOf(request))
    const score = scoreOf(request)
    if (score !== null) this.#score.add(score)
    if (!isAccepted(request)) return
    this.#accepted += 1
    if (request.outputTokens !== null) this.#tokens.add(request.outputTokens)
  }

  figures(side: Side): SideFigures {
    return {
      name: sideName(side),
      job: side.run.job,
      model: specOf(side.run).model,
      records: this.records,
      compared: this.#compared,
      validPercent: this.#compared === 0 ? null : (100 * this.#accepted) / this.#compared,
      costMicroUsd: Math.round(this.#totalPicoUsd / 1e6),
      microUsdPerRecord: this.#microUsd.mean,
      outputTokens: this.#tokens.mean,
      score: this.#score.mean,
    }
  }

  /** How another side differs that has no record in common with this one. */
  differences(other: SideSums): SideDifferences {
    return {
      validPercent: inPercent(
        unpairedShares(
          { records: this.#compared, having: this.#accepted },
          { records: other.#compared, having: other.#accepted },
        ),
      ),
      score: unpairedMeans(this.#score, other.#score),
      microUsdPerRecord: unpairedMeans(this.#microUsd, other.#microUsd),
      outputTokens: unpairedMeans(this.#tokens, other.#tokens),
    }
  }
}

/** Sums of the differences between a side and the first one, record by record. */
export class PairSums {
  #records = 0
  #onlyA = 0
  #onlyB = 0
  readonly #microUsd = new Moments()
  readonly #tokens = new Moments()
  readonly #score = new Moments()

  add(a: Measured, b: Measured): void {
    const [isOfA, isOfB] = [isAccepted(a), isAccepted(b)]
    this.#records += 1
    if (isOfA && !isOfB) this.#onlyA += 1
    if (isOfB && !isOfA) this.#onlyB += 1
    this.#microUsd.add(microUsdOf(b) - microUsdOf(a))
    const [scoreA, scoreB] = [scoreOf(a), scoreOf(b)]
    if (scoreA !== null && scoreB !== null) this.#score.add(scoreB - scoreA)
    if (isOfA && isOfB && a.outputTokens !== null && b.outputTokens !== null)
      this.#tokens.add(b.outputTokens - a.outputTokens)
  }

  /** `sides`: how many are compared with the first one. */
  differences(sides: number): SideDifferences {
    const counts = { records: this.#records, onlyA: this.#onlyA, onlyB: this.#onlyB }
    return {
      validPercent: inPercent(pairedShares(counts, sides)),
      score: pairedMeans(this.#score, sides),
      microUsdPerRecord: pairedMeans(this.#microUsd, sides),
      outputTokens: pairedMeans(this.#tokens, sides),
    }
  }
}

function microUsdOf({ costPicoUsd }: Measured): number {
  return (costPicoUsd ?? 0) / 1e6
}

function scoreOf({ scorePermille }: Measured): number | null {
  return scorePermille === null ? null : scorePermille / 1_000
}

function inPercent(found: Difference | null): Difference | null {
  return found === null
    ? null
    : {
        difference: 100 * found.difference,
        low: 100 * found.low,
        high: 100 * found.high,
        mayBeChance: found.mayBeChance,
      }
}
