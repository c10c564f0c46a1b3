import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { Plan } from '../engine/plan.ts'
import type { Selection } from '../offpeak.ts'
import { formatCount, formatUsd } from './format.ts'

/** A plan that was looked at, kept so that exactly it is sent later. */
export interface SavedPlan {
  readonly schema: 'offpeak.saved-plan/1'
  readonly selection: Selection
  readonly plan: Plan
}

export function savedPlan(plan: Plan, selection: Selection): SavedPlan {
  return { schema: 'offpeak.saved-plan/1', selection, plan }
}

/** Whether the argument of `run` means a file and not a job. */
export function isPlanFile(name: string, cwd: string): boolean {
  return name.endsWith('.json') || (/[/\\]/.test(name) && existsSync(resolve(cwd, name)))
}

/** Reads a saved plan. Throws E_USAGE. */
export async function readSavedPlan(path: string): Promise<SavedPlan> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<SavedPlan> | null
    if (value?.schema === 'offpeak.saved-plan/1' && value.plan && value.selection) return value as SavedPlan
  } catch (thrown) {
    throw new OffpeakError('E_USAGE', `the plan cannot be read: ${messageOf(thrown)}`, { where: path, fix: 'offpeak plan <job> --out plan.json writes one', cause: thrown })
  }
  throw new OffpeakError('E_USAGE', 'the file holds no plan', { where: path, fix: 'offpeak plan <job> --out plan.json writes one' })
}

/** Refuses a saved plan when planning again gives something else. Throws E_PLAN_STALE naming what changed. */
export function requireSame(saved: Plan, now: Plan, path: string): void {
  const changes = differences(saved, now)
  if (changes.length === 0) return
  throw new OffpeakError('E_PLAN_STALE', `the plan no longer holds:\n${changes.join('\n')}`, { where: path, fix: `look at it again: offpeak plan ${saved.job} --out ${path}` })
}

/** Figures from a sample differ a little each time; so much is no change. */
const sampleTolerance = 0.02

function differences(saved: Plan, now: Plan): readonly string[] {
  const found: string[] = []
  const same = saved.exact && now.exact
  const figure = (name: string, was: number | null | undefined, is: number | null | undefined, format: (value: number) => string): void => {
    const [one, other] = [was ?? 0, is ?? 0]
    const room = same ? 0 : Math.max(one, other) * (sampleTolerance + (saved.inputTokens.errorPercent + now.inputTokens.errorPercent) / 100)
    if (Math.abs(one - other) > room) found.push(`${name}: ${format(one)} then, ${format(other)} now`)
  }
  const word = (name: string, was: string, is: string): void => void (was !== is && found.push(`${name}: ${was || 'none'} then, ${is || 'none'} now`))
  word('model', `${saved.provider} / ${saved.model}`, `${now.provider} / ${now.model}`)
  word('version', saved.version, now.version)
  word('sink', saved.sink, now.sink)
  figure('records', saved.selected, now.selected, formatCount)
  figure('requests', saved.toSend, now.toSend, formatCount)
  figure('done before', saved.unchanged, now.unchanged, formatCount)
  figure('unusable', saved.unusable, now.unusable, formatCount)
  figure('likely cost', saved.cost?.likelyMicroUsd, now.cost?.likelyMicroUsd, formatUsd)
  figure('cost at most', saved.cost?.atMostMicroUsd, now.cost?.atMostMicroUsd, formatUsd)
  if (saved.example?.key === now.example?.key && JSON.stringify(saved.example) !== JSON.stringify(now.example)) found.push(`the request of record ${now.example?.key ?? ''} reads differently now`)
  return found
}
