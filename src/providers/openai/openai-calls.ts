import { OffpeakError } from '../../domain/errors.ts'
import type { ProviderLimits, Recovery } from '../../domain/limits.ts'
import { type ModelRequest, unsureCode } from '../../domain/request.ts'
import type { Ask } from '../../ports/provider/realtime.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { exactly } from '../../domain/token-rule.ts'
import { appendMessages, openaiTask, readOpenaiBody } from './openai-body.ts'
import { encodingFor } from './openai-models.ts'
import { classify } from '../replies/classify.ts'
import { classifyCompletion } from './classify-completion.ts'
import type { Http } from '../http/http.ts'
import { segment } from '../replies/segment.ts'
import { listAll } from '../replies/listing.ts'
import { readRemoved } from '../replies/removed.ts'
import { readLine } from './openai-answer.ts'
import { readBatch, readFile } from './openai-objects.ts'

/** Differences between the services of the OpenAI shape. */
export interface OpenaiVariant {
  readonly name: string
  readonly account: string
  readonly limits: ProviderLimits
  readonly recovery: Recovery
  readonly http: Http
  readonly isOwnModel: boolean
  readonly inspect: Provider['inspect']
  readonly enforcesConstraints: Provider['enforcesConstraints']
  readonly body: (request: ModelRequest, endpoint: string) => Record<string, unknown>
  readonly lineUrl: (endpoint: string) => string
  /** The model behind a deployment's name, by which tokens are counted; the name itself when left out. */
  readonly pricedAs?: string | null
  /** How the tokens of a model's texts are counted; by the table of OpenAI's model of that name when left out. */
  readonly tokenRule?: Provider['tokenRule']
  /** What an input file is said to be for, and where it is sent; `batch` and `/files` when left out. */
  readonly purpose?: string
  readonly uploadPath?: string
  /** Further fields of an upload beside `purpose`. */
  readonly uploadFields:
    | Readonly<Record<string, string>>
    | ((filename: string) => Readonly<Record<string, string>>)
  readonly uploadType: string
  readonly filesQuery: Readonly<Record<string, string>>
  readonly filesPageSize: number
  /** Whether nothing stands between us and the server that would answer in its place; false when left out. */
  readonly isOwnServer?: boolean
  /** Whether a line says by `method` and `url` what it is; true when left out. */
  readonly linesNameEndpoint?: boolean
  /** How long a batch may take, as the service writes it; `24h` when left out. */
  readonly window?: string
  /** Whether a batch can be given metadata; true when left out. */
  readonly takesMetadata?: boolean
  /** What a person does about a service that refuses metadata; nothing is said when left out. */
  readonly metadataFix?: string
  /** A batch object, read; as OpenAI's when left out. */
  readonly readBatch?: (json: unknown) => RemoteBatch | null
  readonly completePath: (model: string, endpoint: string) => string
  readonly probe: Provider['probe']
}

/**
 * The documented limit is 200 MB; the service has been seen to count to 209,715,200. A megabyte below the smaller
 * reading is safe under both.
 */
export const safeFileBytes = 199_000_000
/** Thirty days: the longest that OpenAI and Azure keep a file with an expiry. */
const longestExpirySeconds = 2_592_000

const batchesPageSize = 100
/** 20,000 batches in one window of doubt: ten hours at OpenAI's 2,000 creates an hour. */
const maxBatchPages = 200
const maxFilePages = 20

/** The calls of the OpenAI Batch and Files API, the same for every service that took over its shape. */
export function openaiCalls(variant: OpenaiVariant): Provider {
  const { http } = variant
  const { skew } = http
  const { purpose = 'batch', takesMetadata = true, linesNameEndpoint = true } = variant
  const toBatch = (json: unknown): RemoteBatch | null => {
    const batch = (variant.readBatch ?? readBatch)(json)
    return (
      batch && {
        ...batch,
        createdAtMs: skew.ours(batch.createdAtMs),
        expiresAtMs: skew.ours(batch.expiresAtMs),
      }
    )
  }
  const toFile = (json: unknown): StagedFile | null => {
    const file = readFile(json)
    return file && { ...file, createdAtMs: skew.ours(file.createdAtMs) }
  }
  return {
    name: variant.name,
    account: variant.account,
    limits: variant.limits,
    recovery: variant.recovery,
    taskOf: openaiTask,
    readBody: readOpenaiBody,
    tokenRule: variant.tokenRule ?? ((model) => exactly(encodingFor(variant.pricedAs ?? model))),
    isOwnModel: variant.isOwnModel,
    inspect: variant.inspect,
    enforcesConstraints: variant.enforcesConstraints,
    clockSkewMs: () => skew.ms,
    isSimulated: () => http.isSimulated(),
    body: variant.body,
    withMessages: appendMessages,
    lineFrame: (endpoint) => ({
      beforeId: '{"custom_id":"',
      beforeBody: linesNameEndpoint
        ? `","method":"POST","url":"${variant.lineUrl(endpoint)}","body":`
        : '","body":',
    }),
    line: readLine,

    async stage(file, signal) {
      const { uploadFields } = variant
      const fields = {
        purpose,
        ...(typeof uploadFields === 'function' ? uploadFields(file.filename) : uploadFields),
      }
      const exchange = await http.upload({
        method: 'POST',
        path: variant.uploadPath ?? '/files',
        file,
        fields,
        fileType: variant.uploadType,
        signal,
      })
      return classify('stores', exchange, toFile)
    },

    async findStaged(name, signal) {
      const reply = await listAll(http, {
        call: { method: 'GET', path: '/files', query: { purpose, ...variant.filesQuery }, signal },
        pageSize: variant.filesPageSize,
        maxPages: maxFilePages,
        read: toFile,
        sinceMs: null,
        // Missing an upload costs a second upload, not a second payment.
        partial: true,
      })
      if (reply.kind !== 'accepted') return reply
      return { kind: 'accepted', value: reply.value.filter((file) => file.filename.startsWith(name)) }
    },

    async staged(fileId, signal) {
      return classify(
        'repeatable',
        await http.json({ method: 'GET', path: `/files/${segment(fileId)}`, signal }),
        toFile,
      )
    },

    async create(batch, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: '/batches',
        headers: { 'idempotency-key': batch.idempotencyKey },
        body: {
          input_file_id: batch.staged,
          endpoint: variant.lineUrl(batch.endpoint),
          completion_window: variant.window ?? '24h',
          ...(takesMetadata && { metadata: batch.metadata }),
        },
        alone: true,
        signal,
      })
      const reply = classify('spends', exchange, toBatch)
      const isMetadata =
        reply.kind === 'refused' && reply.cause === 'invalid' && /\bmetadata\b/i.test(reply.message)
      return isMetadata && takesMetadata && variant.metadataFix !== undefined
        ? { ...reply, message: `${reply.message} (${variant.metadataFix})` }
        : reply
    },

    async batch(batchId, signal) {
      return classify(
        'repeatable',
        await http.json({ method: 'GET', path: `/batches/${segment(batchId)}`, signal }),
        toBatch,
      )
    },

    batches(sinceMs, signal) {
      return listAll(http, {
        call: { method: 'GET', path: '/batches', signal },
        pageSize: batchesPageSize,
        maxPages: maxBatchPages,
        read: toBatch,
        sinceMs,
        partial: false,
      })
    },

    async cancel(batchId, signal) {
      const path = `/batches/${segment(batchId)}/cancel`
      return classify('repeatable', await http.json({ method: 'POST', path, signal }), toBatch)
    },

    async fetch(fileId, path, signal, bound) {
      const exchange = await http.download({
        method: 'GET',
        path: `/files/${segment(fileId)}/content`,
        to: path,
        maxBytes: bound?.maxBytes ?? null,
        signal,
      })
      return classify('repeatable', exchange, (_json, answered) => answered.saved)
    },

    async discard(fileId, signal): Promise<Reply<null>> {
      const exchange = await http.json({ method: 'DELETE', path: `/files/${segment(fileId)}`, signal })
      const reply = classify('repeatable', exchange, readRemoved)
      return reply.kind === 'accepted' ? { kind: 'accepted', value: null } : reply
    },

    async complete(ask, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: variant.completePath(ask.model, ask.endpoint),
        text: textOf(ask),
        kind: 'completion',
        alone: true,
        signal,
      })
      return classifyCompletion(exchange, variant)
    },

    outputLine(customId, completed) {
      return 'unsure' in completed
        ? {
            custom_id: customId,
            response: null,
            error: { code: unsureCode, message: completed.unsure },
          }
        : {
            custom_id: customId,
            response: { status_code: completed.status, body: completed.body },
            error: null,
          }
    },

    probe: variant.probe,
  }
}

/** The very bytes that a batch would have been given, unless another deployment or the flex tier is asked for. */
function textOf({ body, deliveryMode, model }: Ask): string {
  if (deliveryMode === 'realtime' && body.includes(`"model":${JSON.stringify(model)}`)) return body
  const parsed: Record<string, unknown> = JSON.parse(body)
  return JSON.stringify({ ...parsed, model, ...(deliveryMode === 'flex' && { service_tier: 'flex' }) })
}

/** The fields that make an upload delete itself; none for null. Throws E_CONFIG outside of what the service allows. */
export function expiryFields(
  seconds: number | null,
  shortestSeconds: number,
  field: (name: 'anchor' | 'seconds') => string,
): Readonly<Record<string, string>> {
  if (seconds === null) return {}
  if (!Number.isInteger(seconds) || seconds < shortestSeconds || seconds > longestExpirySeconds) {
    throw new OffpeakError('E_CONFIG', `uploads cannot expire after ${seconds} seconds`, {
      fix: `use ${shortestSeconds} to ${longestExpirySeconds}`,
    })
  }
  return { [field('anchor')]: 'created_at', [field('seconds')]: String(seconds) }
}
