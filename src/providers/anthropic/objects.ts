import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { RemoteState } from '../../domain/attempt.ts'
import { asCount, asFields, asText, type Fields } from '../replies/fields.ts'
import { readTimeMs } from '../replies/read-time.ts'

/**
 * A batch (Anthropic API reference, Message Batches). Only one that has ended counts what became of its requests, and each
 * of them has a line then; the sum of all counts is that of its requests from the beginning. Null when it is none.
 */
export function readBatch(json: unknown): RemoteBatch | null {
  const batch = asFields(json)
  const id = asText(batch?.['id'])
  const status = asText(batch?.['processing_status'])
  if (batch === null || id === null || id === '' || status === null) return null
  const counted = asFields(batch['request_counts'])
  const at = (name: string): number => asCount(counted?.[name]) ?? 0
  const succeeded = at('succeeded')
  const others = at('errored') + at('canceled') + at('expired')
  const state = stateOf(status, batch, at)
  return {
    id,
    state,
    staged: null,
    outputPart: status === 'ended' && batch['results_url'] != null ? id : null,
    errorPart: null,
    createdAtMs: readTimeMs(batch['created_at']),
    expiresAtMs: readTimeMs(batch['expires_at']),
    counts:
      counted === null
        ? null
        : { total: at('processing') + succeeded + others, completed: succeeded, failed: others },
    usage: null,
    metadata: {},
    errors: [],
  }
}

function stateOf(status: string, batch: Fields, at: (name: string) => number): RemoteState {
  if (status === 'canceling' || status === 'cancelling') return 'cancelling'
  if (status !== 'ended') return 'in_progress'
  if (at('canceled') > 0) return 'cancelled'
  return at('expired') > 0 ? 'expired' : 'completed'
}
