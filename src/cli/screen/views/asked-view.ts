import { capital } from '../../../wording/capital.ts'
import { cleanLine } from '../clean.ts'
import { hasLargeNumber } from '../../../planning/text/exact-numbers.ts'

/** The request as people read it: a label for each message of the conversation, and its text. */
export function askedMessages(request: unknown): readonly (readonly [label: string, text: string])[] {
  const [said, input, rules] = ['messages', 'input', 'instructions'].map((name) => field(request, name))
  const list: readonly unknown[] = Array.isArray(said) ? said : Array.isArray(input) ? input : []
  if (typeof input === 'string') return [['Input', input]]
  const instructions = typeof rules === 'string' ? [['System', rules] as const] : []
  return [
    ...instructions,
    ...list.map((message) => {
      const [role, content] = [field(message, 'role'), field(message, 'content')]
      const label = typeof role === 'string' ? cleanLine(role) : 'message'
      return [capital(label), contentWords(content)] as const
    }),
  ]
}

/** JSON answers are easier to read with line breaks; what those would take digits from stays as it is. */
export function prettyAnswer(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && !hasLargeNumber(value) ? JSON.stringify(value, null, 2) : text
  } catch {
    return text
  }
}

/** The parts of a message one below the other, files as the words that stand for them. */
function contentWords(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return JSON.stringify(content, null, 2)
  return content.map((part: unknown) => partWords(part) ?? JSON.stringify(part)).join('\n')
}

function partWords(part: unknown): string | null {
  const said = field(part, 'text')
  if (typeof said === 'string') return said
  const places = [
    field(field(part, 'file'), 'file_data'),
    field(field(part, 'image_url'), 'url'),
    field(part, 'file_data'),
    field(part, 'image_url'),
  ]
  const url = places.find((place) => typeof place === 'string')
  return typeof url === 'string' ? url.slice(url.indexOf(',') + 1) : null
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
