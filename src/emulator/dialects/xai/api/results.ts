import { isBlank, readLines } from '../../../core/batch/lines.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { isObject, parseJson, textIn } from '../../../core/json.ts'
import { type BatchRecord, numberOption, scenarioOf } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { cancelledText, readRequest } from '../batches/lines.ts'
import { partsOf } from '../batches/parts.ts'
import { readPage } from '../batches/read-page.ts'
import { dateOf } from '../batches/view.ts'
import type { XaiCall } from '../call.ts'
import { requireBatch } from './batches.ts'
import { readLimit, readToken, writeToken } from './page.ts'

/** The results that are there, also before the end; a page resumes where the one before has stopped. */
export async function batchResults(call: XaiCall): Promise<Reply> {
  const { state } = call
  const batch = requireBatch(call)
  const short = scenarioOf(batch, 'xai-paged-results')
  const limit = Math.min(readLimit(call.query), short ? numberOption(short, 'size') : Infinity)
  const [place = 0, offset = 0] = readToken(call.query, 2)
  const parts = partsOf(state, batch)
  const results: string[] = []
  for (let number = place, start = offset; number < parts.length; number += 1, start = 0) {
    const path = resultPath(state, parts[number])
    if (path === null) continue
    if (results.length === limit) return pageReply(results, writeToken(number, start))
    const { lines, next } = await readPage(path, start, limit - results.length)
    results.push(...lines)
    if (next !== null) return pageReply(results, writeToken(number, next))
  }
  return pageReply(results, null)
}

function resultPath(state: State, part: BatchRecord | undefined): string | null {
  const id = part?.settlement?.outputFileId
  return id !== undefined && id !== null && state.files.has(id) ? state.filePath(id) : null
}

/** The lines stand there as they were written, whatever a scenario has made of them. */
function pageReply(results: readonly string[], token: string | null): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `{"results":[${results.join(',')}],"pagination_token":${JSON.stringify(token)}}`,
  }
}

/** The state of each request (xAI's REST reference, "List metadata for all requests in a batch"). */
export async function batchRequests(call: XaiCall): Promise<Reply> {
  const { state } = call
  const batch = requireBatch(call)
  const limit = readLimit(call.query)
  const [start = 0] = readToken(call.query, 1)
  const all: object[] = []
  for (const part of partsOf(state, batch)) {
    const outcomes = await outcomesOf(state, part)
    for await (const lines of readLines(state.snapshotPath(part.id)))
      for (const line of lines) {
        const request = isBlank(line) ? '' : readRequest(line.text)
        if (typeof request === 'string') continue
        const outcome = outcomes.get(request.id)
        all.push({
          batch_request_id: request.id,
          endpoint: 'xai_api.Chat/GetCompletion',
          model: textIn(request.body, 'model'),
          state: outcome ?? 'pending',
          create_time: dateOf(part.createdAtMs),
          finish_time: outcome === undefined ? null : dateOf(part.times[part.status] ?? part.createdAtMs),
        })
      }
  }
  const page = all.slice(start, start + limit)
  const next = start + page.length
  return jsonReply(200, {
    batch_request_metadata: page,
    pagination_token: next < all.length ? writeToken(next) : null,
  })
}

async function outcomesOf(state: State, part: BatchRecord): Promise<ReadonlyMap<string, string>> {
  const outcomes = new Map<string, string>()
  const path = resultPath(state, part)
  if (path === null) return outcomes
  for await (const lines of readLines(path))
    for (const line of lines) {
      const result = parseJson(line.text)
      const inside = isObject(result) ? result['batch_result'] : undefined
      if (!isObject(inside)) continue
      const { error } = inside
      const text = isObject(error) ? error['message'] : error
      const outcome = error === undefined ? 'succeeded' : text === cancelledText ? 'cancelled' : 'failed'
      outcomes.set(textIn(result, 'batch_request_id'), outcome)
    }
  return outcomes
}
