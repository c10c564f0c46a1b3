import type { z } from '@hono/zod-openapi'
import type { Coverage, RecordStates } from '../../engine/queries/coverage.ts'
import type { coverageStatus } from './shapes.ts'

/** How much of a job is done, in the words of a batch service. */
export function coverageWords({ all, by, groups, cut }: Coverage): z.input<typeof coverageStatus> {
  return {
    ...fatesWords(all),
    by,
    groups: groups.map((group) => ({ ...group.values, ...fatesWords(group) })),
    cut,
  }
}

function fatesWords({ total, done, stale, failed, never }: RecordStates): {
  readonly total: number
  readonly done: number
  readonly stale: number
  readonly failed: number
  readonly missing: number
} {
  return { total, done, stale, failed, missing: never }
}
