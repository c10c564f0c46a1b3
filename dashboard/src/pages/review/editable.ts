import type { RecordDetail } from '../../../../src/server/contract/row.ts'

/** An answer as it is edited. */
export interface Editable {
  /** JSON, or a text that is the whole output. */
  readonly kind: 'json' | 'text'
  readonly text: string
}

/** What an editor begins with: what the job reads in the answer, else what the model wrote. */
export function editable({
  output,
  text,
  request,
}: Pick<RecordDetail, 'output' | 'text' | 'request'>): Editable {
  if (typeof output === 'string') return { kind: 'text', text: output }
  if (output !== null && output !== undefined) return { kind: 'json', text: pretty(output) }
  const read = parsed(text)
  if (typeof read === 'object' && read !== null) return { kind: 'json', text: pretty(read) }
  return { kind: isPlain(request) ? 'text' : 'json', text: text ?? '' }
}

/** What a person has written, as an output; of what is no JSON, what is wrong with it. */
export function readEdited(
  kind: Editable['kind'],
  text: string,
): { readonly output: unknown; readonly wrong: null } | { readonly wrong: string } {
  if (kind === 'text') return { output: text, wrong: null }
  try {
    const output: unknown = JSON.parse(text)
    return { output, wrong: null }
  } catch (thrown) {
    return { wrong: `It is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` }
  }
}

/** A text as the JSON that it is; undefined when it is none. */
export function parsed(text: string | null): unknown {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** Whether a request asked for words and not for JSON. */
function isPlain(request: unknown): boolean {
  if (!isObject(request)) return false
  const body = isObject(request['body']) ? request['body'] : request
  const { response_format: format, text } = body
  const wanted = isObject(format)
    ? format
    : isObject(text) && isObject(text['format'])
      ? text['format']
      : null
  return wanted === null || wanted['type'] === 'text'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
