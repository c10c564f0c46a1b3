import type { BatchService, RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Realtime } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { classify } from '../replies/classify.ts'
import type { Call, Http } from '../http/http.ts'
import { readRemoved } from '../replies/removed.ts'
import { segment } from '../replies/segment.ts'
import { readFile } from '../openai/openai-objects.ts'
import { areOlder, readBatch, resultsOf } from './batch.ts'
import { CancelledBatches } from './cancelled.ts'
import { classifyChat } from './complete.ts'
import { outputLine } from './lines.ts'
import { nameOf } from './mark.ts'
import { allPages, pageOf } from './pages.ts'
import { fetchResults } from './results.ts'

const walking = { limit: 100, maxPages: 200 } as const

/** Files, batches that a file seals, and chat completions (xAI's REST reference; `@ai-sdk/xai`). */
export function xaiService(
  http: Http,
  { now, settleMs }: { readonly now: () => number; readonly settleMs: number },
): BatchService & Realtime {
  const { skew } = http
  const cancelled = new CancelledBatches({
    now,
    settleMs,
    async hasResults({ id }) {
      const call: Call = { method: 'GET', path: `/batches/${segment(id)}/results` }
      const page = await pageOf(http, call, 'results', { limit: 1, token: null })
      return page.kind === 'accepted' && page.value.items.length > 0
    },
  })
  const toBatch = (json: unknown): RemoteBatch | null => {
    const batch = readBatch(json, now() + (skew.ms ?? 0))
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
  const asked = async (call: Call): Promise<Reply<RemoteBatch>> => {
    const reply = classify('repeatable', await http.json(call), toBatch)
    return reply.kind === 'accepted'
      ? { kind: 'accepted', value: await cancelled.believe(reply.value) }
      : reply
  }

  return {
    async stage(file, signal) {
      // Fields stand before the file (`@ai-sdk/xai`).
      const exchange = await http.upload({
        method: 'POST',
        path: '/files',
        file,
        fields: { purpose: 'batch' },
        fileType: 'application/jsonl',
        signal,
      })
      return classify('stores', exchange, toFile)
    },

    async findStaged(name, signal) {
      const call: Call = { method: 'GET', path: '/files', signal }
      // Missing an upload costs a second upload, not a second payment.
      const reply = await allPages(http, call, 'data', toFile, { ...walking, partial: true })
      if (reply.kind !== 'accepted') return reply
      const found = reply.value.filter(({ filename }) => filename.startsWith(name))
      return {
        kind: 'accepted',
        value: found.toSorted((one, other) => (other.createdAtMs ?? 0) - (one.createdAtMs ?? 0)),
      }
    },

    async staged(fileId, signal) {
      const exchange = await http.json({ method: 'GET', path: `/files/${segment(fileId)}`, signal })
      return classify('repeatable', exchange, toFile)
    },

    async create({ staged, metadata }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: '/batches',
        body: { name: nameOf(metadata), input_file_id: staged },
        alone: true,
        signal,
      })
      return classify('spends', exchange, toBatch)
    },

    batch: (batchId, signal) => asked({ method: 'GET', path: `/batches/${segment(batchId)}`, signal }),

    /** Of the time at which they were made, only the day is told: some that are older are among them. */
    batches(sinceMs, signal) {
      const call: Call = { method: 'GET', path: '/batches', signal }
      return allPages(http, call, 'batches', toBatch, {
        ...walking,
        partial: false,
        isEnough: (items) => areOlder(items, sinceMs + (skew.ms ?? 0)),
      })
    },

    cancel: (batchId, signal) =>
      asked({ method: 'POST', path: `/batches/${segment(batchId)}:cancel`, signal }),

    async fetch(part, path, signal, bound) {
      const results = resultsOf(part)
      if (results === null) return nothingAt(part)
      const { batchId, isExpired } = results
      const call: Call = { method: 'GET', path: `/batches/${segment(batchId)}/results`, signal }
      return fetchResults(http, call, { path, maxBytes: bound?.maxBytes ?? Infinity, isExpired })
    },

    /** Results stay as long as the service keeps them: nothing deletes a batch. */
    async discard(handle, signal): Promise<Reply<null>> {
      if (resultsOf(handle) !== null) return { kind: 'accepted', value: null }
      const exchange = await http.json({ method: 'DELETE', path: `/files/${segment(handle)}`, signal })
      const reply = classify('repeatable', exchange, readRemoved)
      return reply.kind === 'accepted' ? { kind: 'accepted', value: null } : reply
    },

    async complete({ body, model }, signal) {
      const exchange = await http.json({
        method: 'POST',
        path: '/chat/completions',
        text: textOf(body, model),
        kind: 'completion',
        alone: true,
        signal,
      })
      return classifyChat(exchange)
    },

    outputLine,
  }
}

function nothingAt(part: string): Reply<never> {
  return {
    kind: 'refused',
    cause: 'gone',
    status: null,
    message: `${part} names no results`,
    retryAfterMs: null,
  }
}

/** The very bytes that a batch would have been given, unless another model is asked. */
function textOf(body: string, model: string): string {
  if (body.includes(`"model":${JSON.stringify(model)}`)) return body
  const parsed: Record<string, unknown> = JSON.parse(body)
  return JSON.stringify({ ...parsed, model })
}
