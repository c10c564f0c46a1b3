import { z } from 'zod'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

/** A job that should have begun when a run of another one ended, and did not. */
export interface RefusedFollower {
  readonly job: string
  readonly reason: string
  /** Whether its cost was agreed to with the run that it follows: then somebody waits for it. */
  readonly agreed: boolean
  /** Starts it. */
  readonly command: string
}

/** The kind of the event that says so. */
export const refusedKind = 'follow.refused'

const noted = z.object({ job: z.string(), reason: z.string(), agreed: z.boolean().default(false) })

/** The followers of a run that could not be started, as long as no run of them began since. */
export async function refusedFollowers(
  { store }: Pick<Flow, 'store'>,
  { id, liveKey }: Pick<RunRow, 'id' | 'liveKey'>,
): Promise<readonly RefusedFollower[]> {
  if (liveKey !== null) return []
  const found = new Map<string, RefusedFollower>()
  for (const { at, data } of await store.eventsOfKind(id, refusedKind)) {
    const read = noted.safeParse(JSON.parse(data))
    if (!read.success) continue
    const { job } = read.data
    found.delete(job)
    const [newest] = await store.runs({ job, limit: 1 })
    if (newest === undefined || newest.createdAt < at)
      found.set(job, { ...read.data, command: `offpeak run ${job}` })
  }
  return [...found.values()]
}
