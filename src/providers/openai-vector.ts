import { z } from 'zod'
import type { Answer } from '../domain/request.ts'
import { readUsage } from './openai-usage.ts'

const bytesPerNumber = 4

const reply = z.object({
  model: z.string().nullish().catch(null),
  usage: z.unknown().optional(),
  data: z.array(z.object({ embedding: z.union([z.string(), z.array(z.number())]) })).length(1),
})

/** The one vector in the body of a reply, as base64 or as numbers; null when the body is no such reply. */
export function readVector(body: unknown): Answer | null {
  const parsed = reply.safeParse(body)
  const embedding = parsed.data?.data[0]?.embedding
  if (!parsed.success || embedding === undefined) return null
  const { model, usage } = parsed.data
  const vector = typeof embedding === 'string' ? numbersOf(embedding) : embedding
  if (vector === null || !vector.every(Number.isFinite))
    return { kind: 'error', outcome: 'transient', reason: 'the vector of the reply cannot be read' }
  return { kind: 'vector', vector, model: model ?? null, usage: readUsage(usage) }
}

/** 32-bit floats, little-endian (OpenAI API reference, Embeddings); null when the bytes do not come out even. */
function numbersOf(base64: string): readonly number[] | null {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length === 0 || bytes.length % bytesPerNumber !== 0) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const numbers: number[] = []
  for (let at = 0; at < bytes.length; at += bytesPerNumber) numbers.push(view.getFloat32(at, true))
  return numbers
}
