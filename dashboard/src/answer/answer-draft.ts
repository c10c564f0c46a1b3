import { exactNumber, parseExactJson } from '../format/exact-json.ts'

/** A field of an answer while somebody edits it: texts as they are, plain values and what is nested as they are typed. */
export interface DraftField {
  readonly name: string
  readonly kind: 'text' | 'number' | 'flag' | 'json'
  readonly typed: string
}

/** What an answer is edited as: one text, fields of a form, or JSON. */
export type Draft =
  | { readonly kind: 'text'; readonly typed: string }
  | { readonly kind: 'fields'; readonly fields: readonly DraftField[] }
  | { readonly kind: 'json'; readonly typed: string }

/** What is begun with: the output, or else what the model wrote, as far as it can be read. */
export function draftOf(output: unknown, text: string | null, structured: boolean): Draft {
  if (output === null && !structured) return { kind: 'text', typed: text ?? '' }
  const value = output ?? parsed(text)
  if (value === undefined) return { kind: 'json', typed: text ?? '' }
  if (typeof value === 'string' && !structured) return { kind: 'text', typed: value }
  return isObject(value) ? { kind: 'fields', fields: fieldsOf(value) } : jsonDraft(value)
}

export function jsonDraft(value: unknown): Draft {
  return { kind: 'json', typed: JSON.stringify(value, null, 2) }
}

/** The whole output as it was edited, or what is wrong with which field (`''`: with all of it). */
export type ReadDraft =
  | { readonly patch: unknown; readonly wrong: null }
  | { readonly wrong: { readonly name: string; readonly message: string } }

export function readDraft(draft: Draft): ReadDraft {
  if (draft.kind === 'text') return { patch: draft.typed, wrong: null }
  if (draft.kind === 'json') return readJson('', draft.typed)
  const patch: Record<string, unknown> = {}
  for (const { name, kind, typed } of draft.fields) {
    const read = readField(name, kind, typed)
    if (read.wrong !== null) return read
    Object.defineProperty(patch, name, {
      value: read.patch,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return { patch, wrong: null }
}

/** Whether the request asked for JSON of a schema. */
export function isStructured(request: unknown): boolean {
  if (!isObject(request)) return false
  const { response_format: format, text } = request
  return isObject(format) || (isObject(text) && isObject(text['format']) && text['format']['type'] !== 'text')
}

function fieldsOf(value: Readonly<Record<string, unknown>>): readonly DraftField[] {
  return Object.entries(value).map(([name, part]) => {
    if (typeof part === 'string') return { name, kind: 'text', typed: part }
    if (typeof part === 'number') return { name, kind: 'number', typed: String(part) }
    if (typeof part === 'boolean') return { name, kind: 'flag', typed: String(part) }
    return { name, kind: 'json', typed: JSON.stringify(part, null, 2) }
  })
}

function readField(name: string, kind: DraftField['kind'], typed: string): ReadDraft {
  if (kind === 'text') return { patch: typed, wrong: null }
  if (kind === 'flag') return { patch: typed === 'true', wrong: null }
  if (kind === 'json') return readJson(name, typed)
  const number = Number(typed)
  return typed.trim() === '' || !Number.isFinite(number)
    ? { wrong: { name, message: 'a number is needed' } }
    : { patch: exactNumber(typed.trim()), wrong: null }
}

function readJson(name: string, typed: string): ReadDraft {
  try {
    const patch: unknown = parseExactJson(typed)
    return { patch, wrong: null }
  } catch (thrown) {
    return { wrong: { name, message: thrown instanceof Error ? thrown.message : 'this is no JSON' } }
  }
}

/** A text as the JSON that it is; undefined when it is none. */
export function parsed(text: string | null): unknown {
  if (text === null) return undefined
  const read = readJson('', text)
  return read.wrong === null ? read.patch : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
