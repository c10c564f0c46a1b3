import { type JsonObject, isObject, textIn } from '../../../core/json.ts'
import type { FileRecord } from '../../../core/records.ts'
import { batchObject, fileObject } from '../api/view.ts'
import { groqModels } from './models.ts'
import { type Service, dayToWeek } from './service.ts'

/** groq-sdk 1.6, Files.create: "up to 100 MB"; a guide says 200. */
const maxFileBytes = 100 * 1024 * 1024
const maxLines = 50_000

/** Groq: OpenAI's objects without model and usage, lists without pages, windows of a day to a week. */
export const groq: Service = {
  purpose: 'batch',
  maxFileBytes,
  maxLines,
  endpoints: ['/v1/chat/completions'],
  windows: ['24h', '7d'],
  windowSeconds: dayToWeek,
  usualWindow: null,
  linesNameEndpoint: true,
  models: groqModels,
  fileObject: plainFile,
  batchObject: (batch, showing) => {
    const { model: _model, usage: _usage, ...rest } = batchObject(batch, showing)
    return rest
  },
  list: (_of, data) => ({ object: 'list', data }),
  answer,
}

function plainFile(file: FileRecord, nowMs: number, skewMs: number): object {
  const { id, object, bytes, created_at, filename, purpose } = fileObject(file, nowMs, skewMs)
  return { id, object, bytes, created_at, filename, purpose }
}

/** Times are invented, and say so little as theirs. In a batch no tier is told: whether one is, was not to be found. */
function answer(body: JsonObject, tier: 'batch' | 'realtime'): JsonObject {
  const { service_tier: told, usage, ...rest } = body
  const tokens = isObject(usage) ? usage : {}
  return {
    ...rest,
    usage: {
      prompt_tokens: tokens['prompt_tokens'],
      completion_tokens: tokens['completion_tokens'],
      total_tokens: tokens['total_tokens'],
      queue_time: 0.01,
      prompt_time: 0.01,
      completion_time: 0.1,
      total_time: 0.11,
    },
    ...(tier === 'realtime' || told === 'on_demand' ? { service_tier: 'on_demand' } : {}),
    x_groq: { id: `req_${textIn(body, 'id').slice(-24)}` },
  }
}
