import { z } from 'zod'
import type { RemoteState } from '../../domain/attempt.ts'
import type { RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import { plainText } from '../replies/classify.ts'
import { readTimeMs } from '../replies/read-time.ts'
import { reportedTokenLimit } from '../replies/reported-limit.ts'
import { maxCostOfBatch, readUsage } from './openai-usage.ts'

/** More of a failed batch's errors than this say nothing new. */
const maxErrors = 100

const states: ReadonlyMap<string, RemoteState> = new Map([
  ['validating', 'validating'],
  ['inprogress', 'in_progress'],
  ['finalizing', 'finalizing'],
  ['cancelling', 'cancelling'],
  ['canceling', 'cancelling'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['expired', 'expired'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
])

const id = z
  .string()
  .min(1)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)
const count = z
  .number()
  .int()
  .nonnegative()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)
const timeMs = z.unknown().optional().transform(readTimeMs)

const batchError = z.object({
  code: z.unknown().optional(),
  message: z.string().nullish().catch(null),
  line: z.coerce.number().int().positive().nullish().catch(null),
})

const batch = z.object({
  id: z.string().min(1),
  status: z.string().nullish().catch(null),
  input_file_id: id,
  output_file_id: id,
  error_file_id: id,
  created_at: timeMs,
  expires_at: timeMs,
  request_counts: z.object({ total: count, completed: count, failed: count }).nullish().catch(null),
  usage: z.unknown().optional(),
  metadata: z.unknown().optional(),
  errors: z
    .union([z.object({ data: z.array(batchError) }).transform((list) => list.data), z.array(batchError)])
    .nullish()
    .catch(null),
})

const jobWrapper = z.object({ job: z.record(z.string(), z.unknown()) })

/**
 * A batch object of OpenAI, Azure or a server that resembles them; null when it has no id.
 *
 * Azure has sent capitalised statuses, ISO times, null counts and empty ids; a status that nobody knows counts as
 * running, so that an unfinished batch is never taken for a finished one.
 */
export function readBatch(json: unknown): RemoteBatch | null {
  const wrapped = jobWrapper.safeParse(json)
  const parsed = batch.safeParse(wrapped.success ? wrapped.data.job : json)
  if (!parsed.success) return null
  const found = parsed.data
  const usage = readUsage(found.usage, maxCostOfBatch)
  return {
    id: found.id,
    state: states.get(letters(found.status)) ?? 'in_progress',
    staged: found.input_file_id,
    outputPart: found.output_file_id,
    errorPart: found.error_file_id,
    createdAtMs: found.created_at,
    expiresAtMs: found.expires_at,
    counts: readCounts(found.request_counts ?? null),
    // Zeros until the end, and for ever where nothing ran: not a sum that anything can be checked against.
    usage: usage && usage.isPartial !== true && usage.inputTokens + usage.outputTokens > 0 ? usage : null,
    metadata: readMetadata(found.metadata),
    errors: (found.errors ?? []).slice(0, maxErrors).map((error) => {
      const code = typeof error.code === 'string' ? error.code : ''
      const message = plainText(error.message ?? '')
      return { code, message, line: error.line ?? null, ...aboutOf(code, message) }
    }),
  }
}

/** Errors of a whole batch that are about the account, not about its lines. */
const accountCodes: ReadonlySet<string> = new Set([
  'model_not_found',
  'billing_hard_limit_reached',
  'insufficient_quota',
  'input_no_permissions',
  'OperationNotSupported',
])

/** Whom an error of a batch concerns besides the batch (OpenAI and Azure guides, batch error codes). */
function aboutOf(
  code: string,
  message: string,
): Pick<RemoteBatch['errors'][number], 'about' | 'limitTokens'> {
  if (code === 'token_limit_exceeded' || message.includes('token_limit_exceeded')) {
    const limitTokens = reportedTokenLimit(message)
    return { about: 'quota', ...(limitTokens !== null && { limitTokens }) }
  }
  return accountCodes.has(code) ? { about: 'account' } : {}
}

/** A service that leaves out one count has told none of it; one that names no number has not counted. */
function readCounts(
  counts: Readonly<Record<'total' | 'completed' | 'failed', number | null>> | null,
): RemoteBatch['counts'] {
  if (counts === null) return null
  const { total, completed, failed } = counts
  if (total === null && completed === null && failed === null) return null
  return { total: total ?? 0, completed: completed ?? 0, failed: failed ?? 0 }
}

const file = z.object({
  id: z.string().min(1),
  filename: z.string().nullish().catch(null),
  bytes: count,
  status: z.string().nullish().catch(null),
  created_at: timeMs,
})

const notReady: ReadonlySet<string> = new Set([
  'pending',
  'running',
  'notrunning',
  'created',
  'uploading',
  'processing',
  'validating',
])
const unusable: ReadonlySet<string> = new Set([
  'error',
  'failed',
  'deleted',
  'deleting',
  'canceled',
  'cancelled',
  'expired',
])

/** A file object; null when it has no id. A server that names no status has the file ready. */
export function readFile(json: unknown): StagedFile | null {
  const parsed = file.safeParse(json)
  if (!parsed.success) return null
  const { id, filename, bytes, status, created_at: createdAtMs } = parsed.data
  const word = letters(status)
  return {
    id,
    filename: filename ?? '',
    bytes,
    status: notReady.has(word) ? 'pending' : unusable.has(word) ? 'error' : 'ready',
    createdAtMs,
  }
}

const model = z.object({ id: z.string().min(1) })

/** The id of a model object; null when it has none. */
export function readModel(json: unknown): string | null {
  return model.safeParse(json).data?.id ?? null
}

/** One page of a list: its items, and whether the service says that there are more (null: it does not say). */
export interface Page {
  readonly items: readonly unknown[]
  readonly hasMore: boolean | null
}

const more = { has_more: z.boolean().nullish().catch(null), nextLink: z.string().nullish().catch(null) }
const page = z.union([
  z.object({ data: z.array(z.unknown()), ...more }).transform((list) => ({ ...list, items: list.data })),
  z.object({ value: z.array(z.unknown()), ...more }).transform((list) => ({ ...list, items: list.value })),
  z.array(z.unknown()).transform((items) => ({ items, has_more: null, nextLink: null })),
])

/** A list in the envelope `data` (OpenAI), `value` (Azure) or none; null when it is not a list. */
export function readPage(json: unknown): Page | null {
  const parsed = page.safeParse(json)
  if (!parsed.success) return null
  const { items, has_more: hasMore, nextLink } = parsed.data
  return { items, hasMore: nextLink ? true : (hasMore ?? null) }
}

/** A status without its spelling: case, underscores and blanks differ between services and versions. */
function letters(status: string | null | undefined): string {
  return (status ?? '').toLowerCase().replaceAll(/[^a-z]/g, '')
}

function readMetadata(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
