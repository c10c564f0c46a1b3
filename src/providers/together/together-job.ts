import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { plainText } from '../replies/classify.ts'
import { asFields, asText } from '../replies/fields.ts'
import { readTimeMs } from '../replies/read-time.ts'
import { readBatch } from '../openai/openai-objects.ts'

/**
 * A job of Together's (together-ai 0.52, BatchJob), alone or within the answer to its creation: it ends at `job_deadline`,
 * counts no requests, and says in one text what was wrong with it. Null when it has no id.
 */
export function readTogetherJob(json: unknown): RemoteBatch | null {
  const batch = readBatch(json)
  if (batch === null) return null
  const job = asFields(asFields(json)?.['job']) ?? asFields(json)
  const error = asText(job?.['error'])
  return {
    ...batch,
    expiresAtMs: readTimeMs(job?.['job_deadline']) ?? batch.expiresAtMs,
    errors:
      error === null || error === '' ? batch.errors : [{ code: '', message: plainText(error), line: null }],
  }
}
