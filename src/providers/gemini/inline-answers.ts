import { asFields, asObjects, type Fields } from '../replies/fields.ts'

/** By the task of the batch; the SDK finds either in the place of the other (@google/genai 3.3). */
const names = ['inlinedResponses', 'inlinedEmbedContentResponses'] as const

/** Whether the answers of a batch are in the batch itself, as those of requests that came with its creation are. */
export function isInline(output: unknown): boolean {
  const fields = asFields(output)
  return fields !== null && names.some((name) => fields[name] !== undefined)
}

/**
 * The answers that a batch holds in itself, in its metadata or in its response, each as a line of a file of results is: its
 * key stands in its metadata here. Null: it holds none.
 */
export function inlineAnswers(operation: unknown): readonly Fields[] | null {
  const fields = asFields(operation)
  for (const output of [asFields(fields?.['metadata'])?.['output'], fields?.['response']])
    for (const name of names) {
      const list = asObjects(asFields(asFields(output)?.[name])?.[name])
      if (list !== null) return list.map(asLine)
    }
  return null
}

function asLine({ metadata, ...rest }: Fields): Fields {
  return { key: asFields(metadata)?.['key'], ...rest }
}
