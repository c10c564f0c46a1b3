import type { BatchService } from '../../ports/provider/batch-service.ts'
import type { Refusal } from '../../ports/provider/reply.ts'

/** The batch calls of a service that has none: there is nothing in its lists, and nothing can be brought there. */
export const noBatches: BatchService = {
  stage: async () => refused,
  findStaged: async () => ({ kind: 'accepted', value: [] }),
  staged: async () => refused,
  create: async () => refused,
  batch: async () => refused,
  batches: async () => ({ kind: 'accepted', value: [] }),
  cancel: async () => refused,
  fetch: async () => refused,
  discard: async () => ({ kind: 'accepted', value: null }),
}

const refused: Refusal = {
  kind: 'refused',
  cause: 'invalid',
  status: null,
  message: 'there is no Batch API here',
  retryAfterMs: null,
}
