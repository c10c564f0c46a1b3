import type { Answer } from '../../domain/request.ts'
import { asObjects, asText, type Fields } from '../http/fields.ts'
import { uselessReply } from './openai-error.ts'
import { readInputUsage } from './openai-usage.ts'

const bytesPerNumber = 4

/** The one vector in the body of a reply, as base64 or as numbers; null when the body is no such reply. */
export function readVector(body: Fields): Answer | null {
  const [only, ...more] = asObjects(body['data']) ?? []
  const embedding = only?.['embedding']
  if (more.length > 0 || (typeof embedding !== 'string' && !Array.isArray(embedding))) return null
  const vector = typeof embedding === 'string' ? numbersOf(embedding) : embedding
  const usage = readInputUsage(body['usage'])
  if (!isVector(vector)) return uselessReply('the vector of the reply cannot be read', usage)
  return { kind: 'vector', vector, model: asText(body['model']), usage }
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

function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite)
}
