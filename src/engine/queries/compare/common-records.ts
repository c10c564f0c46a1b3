import type { RequestRow } from '../../../ports/state.ts'
import type { Flow } from '../../flow.ts'
import { PairSums, isAnswered, type SideDifferences, type SideFigures, SideSums } from './side-figures.ts'
import { withAllTries } from '../record-costs.ts'
import { belongsTo, requestsFrom, type Side } from './sides.ts'

/** The figures of several sides, and how each differs from the first. */
export interface SidesCompared {
  /** Records that all sides have an answer to. 0: none, and each side is taken by itself. */
  readonly common: number
  readonly sides: readonly SideFigures[]
  /** One for each side behind the first. */
  readonly differences: readonly SideDifferences[]
}

/** Keys that are looked up in another run at once. */
const pageSize = 500

/**
 * Figures of sides over the records that all of them have an answer to, accepted or not, so that none is better for
 * having had the easier ones. Variants of one run share no record: each side is then taken by itself, and differences
 * are those of two samples.
 */
export async function compareFigures(
  flow: Pick<Flow, 'store' | 'job'>,
  sides: readonly Side[],
): Promise<SidesCompared> {
  // A record of a run is asked with one variant only.
  const ofDifferentRuns = new Set(sides.map(({ run }) => run.id)).size === sides.length
  const compared = ofDifferentRuns ? await overCommon(flow, sides) : null
  return compared !== null && compared.common > 0 ? compared : eachByItself(flow, sides)
}

async function overCommon(flow: Pick<Flow, 'store' | 'job'>, sides: readonly Side[]): Promise<SidesCompared> {
  const [first, ...others] = sides
  if (first === undefined) return { common: 0, sides: [], differences: [] }
  const sums = sides.map(() => new SideSums())
  const pairs = others.map(() => new PairSums())
  let common = 0
  for await (const page of pagesOf(flow, first)) {
    for (const request of page) sums[0]?.count(request)
    const found = await Promise.all(others.map((side) => lookUp(flow, side, page)))
    for (const request of page) {
      const matches = found.map((byKey) => byKey.get(request.key))
      const all = [request, ...matches].filter((match) => match !== undefined && isAnswered(match))
      if (all.length < sides.length) continue
      common += 1
      for (const [at, match] of all.entries()) {
        if (match === undefined) continue
        sums[at]?.add(match)
        if (at > 0) pairs[at - 1]?.add(request, match)
      }
    }
  }
  // What the others have beside them counts for their size and cost.
  for (const [at, side] of others.entries())
    for await (const page of pagesOf(flow, side)) for (const request of page) sums[at + 1]?.count(request)
  return {
    common,
    sides: sides.map((side, at) => (sums[at] ?? new SideSums()).figures(side)),
    differences: pairs.map((pair) => pair.differences(pairs.length)),
  }
}

async function eachByItself(
  flow: Pick<Flow, 'store' | 'job'>,
  sides: readonly Side[],
): Promise<SidesCompared> {
  const sums: SideSums[] = []
  for (const side of sides) {
    const sum = new SideSums()
    for await (const page of pagesOf(flow, side))
      for (const request of page) {
        sum.count(request)
        if (isAnswered(request)) sum.add(request)
      }
    sums.push(sum)
  }
  const [first, ...others] = sums
  return {
    common: 0,
    sides: sides.map((side, at) => (sums[at] ?? new SideSums()).figures(side)),
    differences: others.flatMap((other) => first?.differences(other) ?? []),
  }
}

/** The requests of a side, page by page, each at what all of its tries have cost. */
async function* pagesOf(
  flow: Pick<Flow, 'store' | 'job'>,
  side: Side,
): AsyncGenerator<readonly RequestRow[]> {
  const isOfSide = await belongsTo(flow, side)
  let page: RequestRow[] = []
  for await (const request of requestsFrom(flow, side.run, -1)) {
    if (!isOfSide(request)) continue
    page.push(request)
    if (page.length < pageSize) continue
    yield await withAllTries(flow, page)
    page = []
  }
  if (page.length > 0) yield await withAllTries(flow, page)
}

/** The requests that another side has under the keys of some, each at what all of its tries have cost. */
async function lookUp(
  flow: Pick<Flow, 'store' | 'job'>,
  side: Side,
  requests: readonly RequestRow[],
): Promise<ReadonlyMap<string, RequestRow>> {
  const isOfSide = await belongsTo(flow, side)
  const found = await flow.store.requests(side.run.id, { keys: requests.map(({ key }) => key) })
  const ofSide = await withAllTries(flow, found.filter(isOfSide))
  return new Map(ofSide.map((request) => [request.key, request]))
}
