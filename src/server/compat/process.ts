import { OffpeakError } from '../../domain/errors.ts'
import { needsAttention } from '../../domain/outcome.ts'
import type { RunRow } from '../../ports/state.ts'
import type { ServerContext } from '../server-context.ts'
import type { z } from '@hono/zod-openapi'
import type { processedResults } from './shapes.ts'

/**
 * The result of writing stored answers into the sink once more. Throws E_RUN_STATE while the run goes on, unless a part
 * is enough.
 */
export async function processResults(
  { offpeak }: ServerContext,
  run: RunRow,
  partial: boolean,
): Promise<z.input<typeof processedResults>> {
  if (run.liveKey !== null && !partial)
    throw new OffpeakError('E_RUN_STATE', `not_ready: batch ${run.id} is ${run.state}`, {
      fix: 'answers are written as they come; ?partial=true writes those that are there again',
    })
  const before = (await offpeak.status(run.id)).counts.merged ?? 0
  const counts = await offpeak.mergeAgain(run.id, null)
  const merged = counts.merged ?? 0
  const invalid = counts.invalid ?? 0
  return {
    id: run.id,
    merged: Math.max(0, merged - before),
    unchanged: Math.min(before, merged),
    invalid,
    failed: needsAttention(counts) - invalid,
  }
}
