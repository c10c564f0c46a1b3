import { z } from 'zod'
import { namedValues } from '../../domain/named-values.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { formatUsd } from '../../wording/amount.ts'
import { changedContents, type PlanContents } from './contents.ts'
import type { Plan } from './plan.ts'

const contents = z.object({
  keys: z.string(),
  requests: z.string(),
  shared: z.object({ model: z.string(), schema: z.string(), version: z.string(), settings: z.string() }),
  job: z.object({ ask: z.string(), write: z.string() }).nullable(),
})

const cost = z.looseObject({ likelyMicroUsd: z.number(), atMostMicroUsd: z.number().nullable() })

/** The part of a plan that a later one is compared with. */
const comparedPlan = z.looseObject({
  job: z.string(),
  version: z.string(),
  provider: z.string(),
  model: z.string(),
  sink: z.string(),
  selected: z.number(),
  toSend: z.number(),
  unchanged: z.number(),
  unusable: z.number(),
  exact: z.boolean(),
  inputTokens: z.looseObject({ errorPercent: z.number() }),
  cost: cost.nullable(),
  deadline: z.looseObject({ atMostMicroUsd: z.number().nullable() }).nullish(),
  example: z.looseObject({ key: z.string() }).nullable(),
  // Plans of earlier versions do not have them.
  contents: contents.nullish(),
})

const savedSelection = z.object({
  params: namedValues,
  limit: z.number().nullable(),
  only: z.array(z.string()).readonly().nullable(),
  redo: z.boolean(),
  payAgain: z.boolean().exactOptional(),
  write: z.boolean().exactOptional(),
  keep: z.boolean().exactOptional(),
  deliveryMode: z.enum(['batch', 'flex', 'realtime']).exactOptional(),
  deadlineMs: z.number().nullable().exactOptional(),
})

const savedPlanFile = z.object({
  schema: z.literal('offpeak.saved-plan/2'),
  selection: savedSelection,
  plan: comparedPlan,
})

/** A plan that was looked at, kept so that exactly it is sent later. */
export type SavedPlan = z.infer<typeof savedPlanFile>

/** Which records a saved plan is about, and how they are sent. */
export type SavedSelection = z.infer<typeof savedSelection>

/** A plan as it is saved. */
export function savedPlan(plan: Plan, selection: SavedSelection): unknown {
  return { schema: 'offpeak.saved-plan/2', selection, plan }
}

/** A saved plan, parsed. Throws E_USAGE for anything else. */
export function readSaved(value: unknown, where: string): SavedPlan {
  const parsed = savedPlanFile.safeParse(value)
  if (parsed.success) return parsed.data
  throw new OffpeakError('E_USAGE', 'the file holds no plan', { where, fix: makeOne, cause: parsed.error })
}

/** How one comes by a plan to save. */
export const makeOne = 'offpeak plan <job> --out plan.json writes one'

/** What of a plan is compared with a later one. */
type SeenPlan = Pick<
  Plan,
  | 'job'
  | 'version'
  | 'provider'
  | 'model'
  | 'sink'
  | 'selected'
  | 'toSend'
  | 'unchanged'
  | 'unusable'
  | 'exact'
> & {
  readonly inputTokens: Pick<Plan['inputTokens'], 'errorPercent'>
  readonly cost: Pick<NonNullable<Plan['cost']>, 'likelyMicroUsd' | 'atMostMicroUsd'> | null
  readonly example: Pick<NonNullable<Plan['example']>, 'key'> | null
  readonly contents?: PlanContents | null | undefined
}

/** The guard against a saved plan when planning again gives something else. Throws E_PLAN_STALE naming what changed. */
export function requireSame(
  saved: SeenPlan,
  now: Plan,
  how: { readonly where: string; readonly fix: string },
): void {
  const changes = differences(saved, now)
  if (changes.length === 0) return
  throw new OffpeakError('E_PLAN_STALE', `the plan no longer holds:\n${changes.join('\n')}`, {
    ...how,
  })
}

/** A count as people read it. */
function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** Figures from a sample differ a little each time; so much is no change. */
const sampleTolerance = 0.02

function differences(saved: SeenPlan, now: Plan): readonly string[] {
  const found: string[] = []
  const same = saved.exact && now.exact
  const figure = (
    name: string,
    was: number | null | undefined,
    is: number | null | undefined,
    format: (value: number) => string,
  ): void => {
    const [one, other] = [was ?? 0, is ?? 0]
    const room = same
      ? 0
      : Math.max(one, other) *
        (sampleTolerance + (saved.inputTokens.errorPercent + now.inputTokens.errorPercent) / 100)
    if (Math.abs(one - other) > room) found.push(`${name}: ${format(one)} then, ${format(other)} now`)
  }
  const word = (name: string, was: string, is: string): void =>
    void (was !== is && found.push(`${name}: ${was || 'none'} then, ${is || 'none'} now`))
  word('model', `${saved.provider} / ${saved.model}`, `${now.provider} / ${now.model}`)
  word('version', saved.version, now.version)
  word('sink', saved.sink, now.sink)
  figure('records', saved.selected, now.selected, formatCount)
  figure('requests', saved.toSend, now.toSend, formatCount)
  figure('done before', saved.unchanged, now.unchanged, formatCount)
  figure('unusable', saved.unusable, now.unusable, formatCount)
  figure('likely cost', saved.cost?.likelyMicroUsd, now.cost?.likelyMicroUsd, formatUsd)
  figure('cost at most', saved.cost?.atMostMicroUsd, now.cost?.atMostMicroUsd, formatUsd)
  if (saved.contents != null && now.contents !== null)
    found.push(...changedContents(saved.contents, now.contents, same))
  if (
    saved.example?.key === now.example?.key &&
    JSON.stringify(saved.example) !== JSON.stringify(now.example)
  )
    found.push(`the request of record ${now.example?.key ?? ''} reads differently now`)
  return found
}
