import { z } from 'zod'
import type { Answer } from '../domain/request.ts'
import { providerError } from './classify.ts'
import { errorAnswer, readReply } from './openai-answer.ts'

const status = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{3}$/)
    .transform(Number),
])

/** Azure leaves out `id`; nothing here needs it, because it is not unique anyway. */
const line = z.object({
  custom_id: z.string().min(1),
  response: z
    .object({ status_code: status.nullish().catch(null), body: z.unknown().optional() })
    .nullish()
    .catch(null),
  error: z.unknown().optional(),
})

/**
 * One parsed line of an output or error file, whichever of the two it came from: some servers write failures into the
 * output file. A success is status 200 without an error (OpenAI guide, Batch API); null when it is not such a line.
 */
export function readLine(value: unknown): { readonly customId: string; readonly answer: Answer } | null {
  const parsed = line.safeParse(value)
  if (!parsed.success) return null
  const { custom_id: customId, response, error } = parsed.data
  const statusCode = response?.status_code ?? null
  // Nearly every line has none; asking only where there is one is worth half of the time.
  const lineError = error == null ? null : providerError({ error })
  if (lineError) return { customId, answer: errorAnswer(statusCode === 200 ? null : statusCode, lineError) }
  if (statusCode === 200) return { customId, answer: readReply(response?.body) }
  return { customId, answer: errorAnswer(statusCode, providerError(response?.body)) }
}
