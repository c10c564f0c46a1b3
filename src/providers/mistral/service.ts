import type { BatchService, RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Realtime } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { unsureCode } from '../../domain/request.ts'
import type { Call, Http } from '../http/http.ts'
import { listAll } from '../replies/listing.ts'
import { readRemoved } from '../replies/removed.ts'
import { segment } from '../replies/segment.ts'
import { readFile } from '../openai/openai-objects.ts'
import { classifyAsked, classifyMistral } from './classify.ts'
import { numberedPages, readJob, timeoutHours } from './objects.ts'
import { withModel } from './wire.ts'

const jobsPath = '/v1/batch/jobs'
/** Mistral API reference: 100 when it is not said. */
const pageSize = 100
const maxJobPages = 200
const maxFilePages = 20

/** Jobs, files and answers at once (Mistral API reference). */
export function mistralService(http: Http): BatchService & Realtime {
  const { skew } = http
  const toBatch = (json: unknown): RemoteBatch | null => {
    const batch = readJob(json)
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
  const asked = async (call: Call): Promise<Reply<RemoteBatch>> =>
    classifyMistral('repeatable', await http.json(call), toBatch)
  const listed = { pageSize, size: 'page_size', cursor: 'page', judge: classifyMistral } as const

  return {
    async stage(file, signal) {
      const exchange = await http.upload({
        method: 'POST',
        path: '/v1/files',
        file,
        fields: { purpose: 'batch' },
        fileType: 'application/jsonl',
        signal,
      })
      return classifyMistral('stores', exchange, toFile)
    },

    async findStaged(name, signal) {
      const reply = await listAll(http, {
        call: { method: 'GET', path: '/v1/files', query: { purpose: 'batch' }, signal },
        ...listed,
        page: numberedPages(pageSize),
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
      const call: Call = { method: 'GET', path: `/v1/files/${segment(fileId)}`, signal }
      return classifyMistral('repeatable', await http.json(call), toFile)
    },

    async create({ staged, endpoint, model, metadata }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: jobsPath,
        body: { input_files: [staged], endpoint, model, metadata, timeout_hours: timeoutHours },
        alone: true,
        signal,
      })
      return classifyMistral('spends', exchange, toBatch)
    },

    batch: (batchId, signal) => asked({ method: 'GET', path: `${jobsPath}/${segment(batchId)}`, signal }),

    /** All of them, and not by the filter of the metadata: a job that it leaves out would be paid a second time. */
    batches(sinceMs, signal) {
      return listAll(http, {
        call: { method: 'GET', path: jobsPath, query: { order_by: '-created' }, signal },
        ...listed,
        page: numberedPages(pageSize),
        maxPages: maxJobPages,
        read: toBatch,
        sinceMs,
        partial: false,
      })
    },

    cancel: (batchId, signal) =>
      asked({ method: 'POST', path: `${jobsPath}/${segment(batchId)}/cancel`, signal }),

    async fetch(fileId, path, signal, bound) {
      const exchange = await http.download({
        method: 'GET',
        path: `/v1/files/${segment(fileId)}/content`,
        to: path,
        maxBytes: bound?.maxBytes ?? null,
        signal,
      })
      return classifyMistral('repeatable', exchange, (_json, answered) => answered.saved)
    },

    async discard(fileId, signal): Promise<Reply<null>> {
      const exchange = await http.json({ method: 'DELETE', path: `/v1/files/${segment(fileId)}`, signal })
      const reply = classifyMistral('repeatable', exchange, readRemoved)
      return reply.kind === 'accepted' ? { kind: 'accepted', value: null } : reply
    },

    async complete({ endpoint, model, body }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: endpoint,
        text: withModel(body, model),
        kind: 'completion',
        alone: true,
        signal,
      })
      return classifyAsked(exchange)
    },

    outputLine(customId, completed) {
      return 'unsure' in completed
        ? { custom_id: customId, response: null, error: { code: unsureCode, message: completed.unsure } }
        : {
            custom_id: customId,
            response: { status_code: completed.status, body: completed.body },
            error: null,
          }
    },
  }
}
