import type { BatchService, RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Realtime } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { Http } from '../http/http.ts'
import { listAll } from '../replies/listing.ts'
import { readRemoved } from '../replies/removed.ts'
import { segment } from '../replies/segment.ts'
import { nameOf } from './batch-name.ts'
import { classifyCompletion, classifyCreate, classifyGemini } from './classify.ts'
import { batchVerb } from './endpoints.ts'
import { saveLines } from '../http/bodies/save-lines.ts'
import { inlineAnswers } from './inline-answers.ts'
import { outputLine } from './lines.ts'
import { isBatch, readBatch, readFile, readPageOf } from './objects.ts'
import { uploadFile } from './upload.ts'

/** Gemini API reference: at most 100 files a page; of batches no bound is written down. */
const pageSize = 100
const maxBatchPages = 200
const maxFilePages = 20

/** Batches, files and content (Gemini API reference, v1beta). `basePath` is what the address has before the version. */
export function geminiService(http: Http, basePath: string): BatchService & Realtime {
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
  const toFile = (json: unknown): StagedFile | null => {
    const file = readFile(json)
    return file && { ...file, createdAtMs: skew.ours(file.createdAtMs) }
  }
  const batch = async (batchId: string, signal?: AbortSignal): Promise<Reply<RemoteBatch>> =>
    classifyGemini('repeatable', await http.json({ method: 'GET', path: pathOf(batchId), signal }), toBatch)

  return {
    stage: (file, signal) => uploadFile(http, basePath, file, toFile, signal),

    async findStaged(name, signal) {
      const reply = await listAll(http, {
        call: { method: 'GET', path: '/v1beta/files', signal },
        ...listed,
        page: readPageOf('files'),
        maxPages: maxFilePages,
        read: toFile,
        sinceMs: null,
        // Missing an upload costs a second upload, not a second payment.
        partial: true,
      })
      if (reply.kind !== 'accepted') return reply
      return { kind: 'accepted', value: reply.value.filter((file) => file.filename.startsWith(name)) }
    },

    async staged(handle, signal) {
      return classifyGemini(
        'repeatable',
        await http.json({ method: 'GET', path: pathOf(handle), signal }),
        toFile,
      )
    },

    async create({ staged, endpoint, model, metadata }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: `/v1beta/models/${segment(model)}:${batchVerb(endpoint)}`,
        body: { batch: { displayName: nameOf(metadata), inputConfig: { fileName: staged } } },
        alone: true,
        signal,
      })
      return classifyCreate(exchange, toBatch)
    },

    batch,

    batches(sinceMs, signal) {
      return listAll(http, {
        call: { method: 'GET', path: '/v1beta/batches', signal },
        ...listed,
        page: readPageOf('operations'),
        maxPages: maxBatchPages,
        read: toBatch,
        sinceMs,
        partial: false,
      })
    },

    /** The answer to a cancellation is empty: what has become of the batch, it says itself. */
    async cancel(batchId, signal) {
      const path = `${pathOf(batchId)}:cancel`
      const exchange = await http.json({ method: 'POST', path, body: {}, signal })
      const reply = classifyGemini('repeatable', exchange, () => true)
      return reply.kind === 'accepted' ? batch(batchId, signal) : reply
    },

    async fetch(handle, path, signal, bound) {
      if (isBatch(handle)) {
        const inside = await http.json({ method: 'GET', path: pathOf(handle), signal })
        const answers = classifyGemini('repeatable', inside, inlineAnswers)
        return saveLines([answers], path, bound?.maxBytes ?? Infinity)
      }
      const exchange = await http.download({
        method: 'GET',
        path: `/download${pathOf(handle)}:download`,
        query: { alt: 'media' },
        to: path,
        maxBytes: bound?.maxBytes ?? null,
        signal,
      })
      return classifyGemini('repeatable', exchange, (_json, answered) => answered.saved)
    },

    /** A batch that holds its answers itself stays: its name is what a lost try is known by. */
    async discard(handle, signal): Promise<Reply<null>> {
      if (isBatch(handle)) return { kind: 'accepted', value: null }
      const exchange = await http.json({ method: 'DELETE', path: pathOf(handle), signal })
      const reply = classifyGemini('repeatable', exchange, readRemoved)
      return reply.kind === 'accepted' ? { kind: 'accepted', value: null } : reply
    },

    async complete({ endpoint, model, body }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: `/v1beta/models/${segment(model)}:${endpoint}`,
        text: body,
        kind: 'completion',
        alone: true,
        signal,
      })
      return classifyCompletion(exchange)
    },

    outputLine,
  }
}

const listed = { pageSize, size: 'pageSize', cursor: 'pageToken', judge: classifyGemini } as const

/** `files/abc`, `batches/abc`: whatever stands in it, it stays below the version. */
function pathOf(handle: string): string {
  return `/v1beta/${handle.split('/').map(segment).join('/')}`
}
