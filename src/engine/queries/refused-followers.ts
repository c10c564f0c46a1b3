import { z } from 'zod'
import type { RunRow } from '../../ports/state.ts'
import { withAmount } from '../../wording/commands/command-line.ts'
import type { Flow } from '../flow.ts'

/** A job that should have begun when a run of another one ended, and did not. */
export interface RefusedFollower {
  readonly job: string
  readonly reason: string
  /** Whether its cost was agreed to with the run that it follows: then somebody waits for it. */
  readonly agreed: boolean
  /** Starts it; where answers were kept apart from what it reads, the run that writes them there and is followed by it. */
  readonly command: string
}

/** The kind of the event that says so. */
export const refusedKind = 'follow.refused'

const noted = z.object({
  job: z.string(),
  reason: z.string(),
  agreed: z.boolean().default(false),
  /** The answers of the run are where the job does not read. */
  apart: z.boolean().default(false),
  budgetMicroUsd: z.number().nullable().default(null),
})

/** The followers of a run that could not be started, as long as no run of them began since. */
export async function refusedFollowers(
  { store }: Pick<Flow, 'store'>,
  { id, job: leader, liveKey }: Pick<RunRow, 'id' | 'job' | 'liveKey'>,
): Promise<readonly RefusedFollower[]> {
  if (liveKey !== null) return []
  const found = new Map<string, RefusedFollower>()
  for (const { at, data } of await store.eventsOfKind(id, refusedKind)) {
    const read = noted.safeParse(JSON.parse(data))
    if (!read.success) continue
    const { apart, budgetMicroUsd, ...refused } = read.data
    const { job } = refused
    found.delete(job)
    const [newest] = await store.runs({ job, limit: 1 })
    if (newest === undefined || newest.createdAt < at)
      found.set(job, {
        ...refused,
        // By itself it would find nothing to do.
        command: apart
          ? withAmount(
              `offpeak run ${leader} --redo --write`,
              (await store.budget(`run:${id}`))?.capMicroUsd ?? null,
            )
          : withAmount(`offpeak run ${job}`, budgetMicroUsd),
      })
  }
  return [...found.values()]
}
