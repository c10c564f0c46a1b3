/** A text of a request, and who says it. */
export interface Phrase {
  readonly name: string
  readonly text: string
}

/** Splits the body of a request into what is said and the rest of it, whichever form of the API it has. */
export function joinPhrases(request: unknown): {
  readonly parts: readonly Phrase[]
  readonly rest: Readonly<Record<string, unknown>> | null
} {
  if (!isObject(request))
    return { parts: [], rest: request === null || request === undefined ? null : { request } }
  const body = isObject(request['body']) ? request['body'] : request
  const { messages, input, instructions, ...rest } = body
  const parts = [
    ...(typeof instructions === 'string' ? [{ name: 'System', text: instructions }] : []),
    ...(typeof input === 'string' ? [{ name: 'Input', text: input }] : []),
    ...[messages, input].flatMap((said) => (Array.isArray(said) ? said.flatMap(partsOf) : [])),
  ]
  return { parts, rest: Object.keys(rest).length === 0 ? null : rest }
}

function partsOf(message: unknown): readonly Phrase[] {
  if (typeof message === 'string') return [{ name: 'Input', text: message }]
  if (!isObject(message)) return []
  const { role, content } = message
  const name = typeof role === 'string' ? role.slice(0, 1).toUpperCase() + role.slice(1) : 'Message'
  if (typeof content === 'string') return [{ name, text: content }]
  return Array.isArray(content) ? content.map((piece) => ({ name, text: pieceText(piece) })) : []
}

/** A text; what is attached is told by its kind and size. */
function pieceText(piece: unknown): string {
  if (!isObject(piece)) return String(piece)
  if (typeof piece['text'] === 'string') return piece['text']
  const size = JSON.stringify(piece).length
  return `[${typeof piece['type'] === 'string' ? piece['type'] : 'attachment'}, ${size.toLocaleString('en-US')} characters]`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
