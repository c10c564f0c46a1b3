import { OffpeakError } from '../../../domain/errors.ts'
import type { BatchStatus, RunStatus } from '../../../engine/queries/status.ts'

/** A batch of a run by our number or the provider's id. Throws E_USAGE. */
export function chooseBatch({ run, batches }: RunStatus, named: string): BatchStatus {
  const found = batches.find(({ n, providerBatchId }) => providerBatchId === named || String(n) === named)
  if (found) return found
  throw new OffpeakError('E_USAGE', `run ${run} has no batch ${named}`, {
    fix:
      batches.length === 0
        ? 'it has no batches yet'
        : `its batches are ${batches[0]?.n} to ${batches.at(-1)?.n}`,
  })
}
