import { basename } from 'node:path'
import { needsAttention, type OutcomeCounts } from '../../domain/outcome.ts'
import { recordsOf, timeToGoMs } from '../../engine/queries/pace.ts'
import type { RunStatus } from '../../engine/queries/status.ts'
import { maxCostOfBuilt } from '../../engine/control/caps.ts'
import { requestFile } from '../../engine/files/durable-file.ts'
import { specOf } from '../../engine/spec.ts'
import type { Project } from '../../compose/project.ts'
import type { RunRow } from '../../ports/state.ts'
import type { BatchJobStatus, BatchState, CreatedBatch } from './shapes.ts'
import type { z } from '@hono/zod-openapi'
import type { Coverage, RecordStates } from '../../engine/queries/coverage.ts'
import type { coverageStatus } from './shapes.ts'

type Standing = Pick<RunRow, 'state' | 'pauseKind'> & {
  readonly counts: OutcomeCounts
  /** Whether nothing of it is sent before somebody submits it. */
  readonly hold: boolean
}

/** A run in the words of a batch service. */
export function stateWord({ state, pauseKind, hold, counts }: Standing): BatchState {
  switch (state) {
    case 'building':
    case 'running':
      return hold ? 'creating' : 'processing'
    case 'paused':
      return pauseKind === 'submit' ? 'created' : 'paused'
    case 'done':
      return (counts.merged ?? 0) === 0 && needsAttention(counts) > 0 ? 'failed' : 'completed'
    case 'cancelling':
    case 'cancelled':
      return state
  }
}

/** A run whose files are built: what it holds and what it may cost. */
export async function createdWords(
  { store, status, config }: Project,
  run: RunRow,
  base: string,
): Promise<CreatedBatch> {
  const { plan, counts } = await status(run.id)
  const batches = await store.batches(run.id)
  return {
    id: run.id,
    status: stateWord({ ...run, hold: run.hold === 1, counts }),
    test: specOf(run).limit !== null,
    total_requests: batches.reduce((sum, { requests }) => sum + requests, 0),
    estimated_cost: plan?.cost ? dollars(plan.cost.likelyMicroUsd) : null,
    max_cost: dollarsOr(maxCostOfBuilt(batches, plan)),
    files: batches.map(({ tag, requests, bytes }) => ({
      name: basename(requestFile(config.filesDir, tag)),
      requests,
      bytes,
    })),
    submit_url: `${base}/submit/${run.id}`,
  }
}

/** Where a run stands. */
export function statusWords(run: RunRow, status: RunStatus, now: number): BatchJobStatus {
  const { counts, money, plan } = status
  const toGoMs = timeToGoMs(status, now)
  return {
    id: run.id,
    status: stateWord({ ...run, hold: run.hold === 1, counts }),
    detail: status.pauseReason,
    request_counts: {
      total: recordsOf(status),
      // What waits for other parts of its record is answered as well.
      completed: (counts.merged ?? 0) + (counts.held ?? 0),
      failed: status.needsAttention,
    },
    merged: counts.merged ?? 0,
    cost: {
      estimated: plan?.cost ? dollars(plan.cost.likelyMicroUsd) : null,
      reserved: dollars(money.reservedMicroUsd),
      actual: dollars(money.spentMicroUsd),
      saved: dollars(money.savedMicroUsd),
    },
    batches: status.batches.map(({ providerBatchId, state, requests, remote, expiresAt }) => ({
      id: providerBatchId,
      status: state,
      request_counts: { total: requests, completed: remote.completed, failed: remote.failed },
      expires_at: isoOr(expiresAt),
    })),
    eta: isoOr(toGoMs === null ? null : now + toGoMs),
    created_at: iso(run.createdAt),
    completed_at: isoOr(run.finishedAt),
  }
}

export function dollars(microUsd: number): number {
  return microUsd / 1e6
}

export function dollarsOr(microUsd: number | null): number | null {
  return microUsd === null ? null : dollars(microUsd)
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}

export function isoOr(at: number | null): string | null {
  return at === null ? null : iso(at)
}

/** How much of a job is done, in the words of a batch service. */
export function coverageWords({
  all,
  by,
  groups,
  isTruncated: cut,
}: Coverage): z.input<typeof coverageStatus> {
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
