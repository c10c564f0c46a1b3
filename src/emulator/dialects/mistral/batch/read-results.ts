import { readLines } from '../../../core/batch/lines.ts'
import { type JsonObject, isObject, parseJson } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'

/** What went wrong in a job, each text once, with how often. */
interface Grouped extends JsonObject {
  readonly message: string
  readonly count: number
}

const known = new WeakMap<State, Map<string, readonly Grouped[]>>()

/** The errors of a job: those of its input, or of its lines; the lines themselves are in its error file. */
export async function groupedErrors(state: State, batch: BatchRecord): Promise<readonly Grouped[]> {
  const counts = new Map<string, number>()
  for (const { message } of batch.errors ?? []) counts.set(message, (counts.get(message) ?? 0) + 1)
  const file = batch.settlement?.errorFileId ?? null
  if (file === null || !state.files.has(file))
    return [...counts].map(([message, count]) => ({ message, count }))
  const cache = known.get(state) ?? new Map<string, readonly Grouped[]>()
  known.set(state, cache)
  const cached = cache.get(batch.id)
  if (cached) return cached
  for await (const line of linesOf(state, file)) {
    const message = messageOf(line)
    counts.set(message, (counts.get(message) ?? 0) + 1)
  }
  const grouped = [...counts].map(([message, count]) => ({ message, count }))
  cache.set(batch.id, grouped)
  return grouped
}

function messageOf(line: JsonObject): string {
  const { response } = line
  const body = isObject(response) ? response['body'] : undefined
  const message = isObject(body) ? body['message'] : undefined
  return typeof message === 'string' ? message : JSON.stringify(message ?? null)
}

async function* linesOf(state: State, fileId: string): AsyncGenerator<JsonObject> {
  for await (const lines of readLines(state.filePath(fileId))) {
    for (const { text } of lines) {
      const line = parseJson(text)
      if (isObject(line)) yield line
    }
  }
}

/** The lines of an output file, as a job shows them itself. */
export async function outputsOf(state: State, fileId: string | null): Promise<readonly JsonObject[] | null> {
  if (fileId === null || !state.files.has(fileId)) return null
  return Array.fromAsync(linesOf(state, fileId))
}
