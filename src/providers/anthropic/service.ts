import type { BatchService, RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Realtime } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { classify } from '../replies/classify.ts'
import type { Exchange } from '../http/exchange.ts'
import { asFields, asText } from '../replies/fields.ts'
import { jsonList } from '../http/bodies/framed-file.ts'
import type { Call, Http } from '../http/http.ts'
import { listAll } from '../replies/listing.ts'
import { readRemoved } from '../replies/removed.ts'
import { segment } from '../replies/segment.ts'
import { asAccount, classifyMessage } from './complete.ts'
import { errorOf, isAboutAccount } from './error.ts'
import { outputLine } from './lines.ts'
import { readBatch } from './objects.ts'

const batchesPath = '/v1/messages/batches'
/** Anthropic API reference, List Message Batches: 1 to 1,000. */
const batchesPageSize = 1_000
const maxBatchPages = 20

/** Nothing is staged: a file is known by its own name until its batch is created with all that is in it. */
const inline = 'inline/'

/** Message Batches and messages (Anthropic API reference). */
export function anthropicService(http: Http): BatchService & Realtime {
  const { skew } = http
  const toBatch = (json: unknown): RemoteBatch | null => {
    const batch = readBatch(json)
    return (
      batch && {
        ...batch,
        createdAtMs: skew.ours(batch.createdAtMs),
        expiresAtMs: skew.ours(batch.expiresAtMs),
      }
    )
  }
  const asked = async (call: Call): Promise<Reply<RemoteBatch>> =>
    classify('repeatable', await http.json(call), toBatch)

  return {
    async stage({ filename, bytes }) {
      return { kind: 'accepted', value: staged(`${inline}${filename}`, bytes) }
    },
    async findStaged() {
      return { kind: 'accepted', value: [] }
    },
    async staged(handle) {
      return { kind: 'accepted', value: staged(handle, null) }
    },

    async create({ file }, signal) {
      const call: Call = { method: 'POST', path: batchesPath, alone: true, signal }
      return created(await http.framed(call, jsonList(file, '{"requests":[', ']}')), toBatch)
    },

    batch: (batchId, signal) => asked({ method: 'GET', path: pathOf(batchId), signal }),

    batches(sinceMs, signal) {
      return listAll(http, {
        call: { method: 'GET', path: batchesPath, signal },
        cursor: 'after_id',
        pageSize: batchesPageSize,
        maxPages: maxBatchPages,
        read: toBatch,
        sinceMs,
        partial: false,
      })
    },

    async idIn({ id, outputPart }, signal) {
      if (outputPart === null) return { kind: 'accepted', value: 'hidden' }
      const exchange = await http.firstLine({ method: 'GET', path: `${pathOf(id)}/results`, signal })
      return classify('repeatable', exchange, (line) => {
        const customId = asText(asFields(line)?.['custom_id'])
        return customId === null ? null : { id: customId }
      })
    },

    cancel: (batchId, signal) => asked({ method: 'POST', path: `${pathOf(batchId)}/cancel`, signal }),

    async fetch(batchId, path, signal, bound) {
      const exchange = await http.download({
        method: 'GET',
        path: `${pathOf(batchId)}/results`,
        to: path,
        maxBytes: bound?.maxBytes ?? null,
        signal,
      })
      return classify('repeatable', exchange, (_json, answered) => answered.saved)
    },

    /** The results are deleted with their batch, which has ended by then. */
    async discard(handle, signal): Promise<Reply<null>> {
      if (handle.startsWith(inline)) return { kind: 'accepted', value: null }
      const exchange = await http.json({ method: 'DELETE', path: pathOf(handle), signal })
      const reply = classify('repeatable', exchange, readRemoved)
      return reply.kind === 'accepted' ? { kind: 'accepted', value: null } : reply
    },

    async complete({ body, model }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: '/v1/messages',
        text: textOf(body, model),
        kind: 'completion',
        alone: true,
        signal,
      })
      return classifyMessage(exchange)
    },

    outputLine,
  }
}

/** The creation of batches is refused for the account in the words of a bad request, too. */
function created(exchange: Exchange, toBatch: (json: unknown) => RemoteBatch | null): Reply<RemoteBatch> {
  const reply = classify('spends', exchange, toBatch)
  if (exchange.kind === 'failed') return reply
  const error = errorOf(exchange.json)
  return error !== null && isAboutAccount(error) ? asAccount(reply, exchange) : reply
}

/** The very bytes that a batch would have been given, unless another model is asked. */
function textOf(body: string, model: string): string {
  if (body.includes(`"model":${JSON.stringify(model)}`)) return body
  const parsed: Record<string, unknown> = JSON.parse(body)
  return JSON.stringify({ ...parsed, model })
}

function pathOf(batchId: string): string {
  return `${batchesPath}/${segment(batchId)}`
}

function staged(id: string, bytes: number | null): StagedFile {
  return { id, filename: id.slice(inline.length), bytes, status: 'ready', createdAtMs: null }
}
