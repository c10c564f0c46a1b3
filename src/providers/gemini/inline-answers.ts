import type { Downloaded } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { asFields, asObjects, type Fields } from '../replies/fields.ts'
import { PartFile } from '../http/bodies/part-file.ts'

/** By the task of the batch; the SDK finds either in the place of the other (@google/genai 3.3). */
const names = ['inlinedResponses', 'inlinedEmbedContentResponses'] as const

/** Whether the answers of a batch are in the batch itself, as those of requests that came with its creation are. */
export function isInline(output: unknown): boolean {
  const fields = asFields(output)
  return fields !== null && names.some((name) => fields[name] !== undefined)
}

/** The answers that a batch holds in itself, in its metadata or in its response; null: it holds none. */
export function inlineAnswers(operation: unknown): readonly Fields[] | null {
  const fields = asFields(operation)
  for (const output of [asFields(fields?.['metadata'])?.['output'], fields?.['response']])
    for (const name of names) {
      const list = asObjects(asFields(asFields(output)?.[name])?.[name])
      if (list !== null) return list
    }
  return null
}

/** Such answers as a file of lines, each as one of a file of results would be: its key stands in its metadata. */
export async function saveInlineAnswers(
  answers: readonly Fields[],
  path: string,
  maxBytes: number,
): Promise<Reply<Downloaded>> {
  const part = await PartFile.open(path)
  let isWhole = false
  try {
    for (const { metadata, ...rest } of answers) {
      const line = Buffer.from(`${JSON.stringify({ key: asFields(metadata)?.['key'], ...rest })}\n`)
      if (part.bytes + line.length > maxBytes)
        return {
          kind: 'refused',
          cause: 'invalid',
          status: null,
          message: `the answers are larger than the ${maxBytes} bytes that are allowed`,
          retryAfterMs: null,
        }
      await part.write(line, true)
    }
    await part.finish()
    isWhole = true
    return { kind: 'accepted', value: { bytes: part.bytes, announcedBytes: null, whole: true } }
  } finally {
    if (!isWhole) await part.discard()
  }
}
