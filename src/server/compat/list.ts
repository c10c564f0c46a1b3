import type { z } from '@hono/zod-openapi'
import type { RunState } from '../../domain/run.ts'
import type { ServerContext } from '../server-context.ts'
import { dollars, dollarsOr, iso, isoOr, stateWord } from './batch-words.ts'
import type { BatchState, batchList } from './shapes.ts'

/** The states of runs that a word can mean. */
const meant: Readonly<Record<BatchState, readonly RunState[]>> = {
  creating: ['building', 'running'],
  created: ['paused'],
  processing: ['building', 'running'],
  paused: ['paused'],
  cancelling: ['cancelling'],
  completed: ['done'],
  failed: ['done'],
  cancelled: ['cancelled'],
}

/** A page of the runs of a job. One of a single state may be shorter than asked for. */
export async function listBatches(
  { offpeak }: ServerContext,
  job: string,
  {
    status,
    limit,
    cursor,
  }: {
    readonly status?: BatchState | undefined
    readonly limit: number
    readonly cursor?: string | undefined
  },
): Promise<z.input<typeof batchList>> {
  const found = await offpeak.runs({
    job,
    ...(status === undefined ? {} : { states: meant[status] }),
    cursor: cursor ?? null,
    limit,
  })
  const items = []
  for (const run of found.items) {
    const row = await offpeak.find(run.run)
    const counts = { merged: run.merged }
    const word = stateWord({
      ...row,
      hold: row.hold === 1,
      counts: run.needsAttention > 0 ? { ...counts, failed: run.needsAttention } : counts,
    })
    if (status !== undefined && word !== status) continue
    items.push({
      id: run.run,
      status: word,
      total_requests: run.records,
      merged: run.merged,
      failed: run.needsAttention,
      cost: {
        estimated: dollarsOr(run.plannedMicroUsd),
        reserved: dollars(run.reservedMicroUsd),
        actual: dollars(run.spentMicroUsd),
        saved: dollars(run.savedMicroUsd),
      },
      created_at: iso(run.createdAt),
      completed_at: isoOr(run.finishedAt),
    })
  }
  return { items, next_cursor: found.nextCursor }
}
