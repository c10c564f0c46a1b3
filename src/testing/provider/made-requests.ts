import type {
  ChatRequest,
  ContentPart,
  EmbeddingRequest,
  FilePart,
  Message,
  ModelRequest,
} from '../../domain/request.ts'
import { isEmbedding } from '../../domain/request.ts'

/** Materials of which requests are made. */
export interface Making {
  readonly random: () => number
  readonly model: string
  /** Of the files that go along; none: there are no files. */
  readonly mediaTypes: readonly string[]
}

const tricky: readonly [string, ...string[]] = [
  '"quoted"',
  'a\\b',
  'two\nlines',
  'tab\t',
  'é ü ß',
  '漢字',
  '😀',
  '{"a":1}',
  '</x>',
  '\u2028',
  '$1 %s',
]

/** A request as some prompt may make it, with texts that are all different. */
export function madeChat({ random, model, mediaTypes }: Making): ChatRequest {
  let count = 0
  const text = (): string => {
    count += 1
    return `${pick(random, tricky)} text ${count}, ${Math.floor(random() * 1e9)} ${pick(random, tricky)}`
  }
  const part = (): ContentPart => {
    const mediaType = random() < 0.5 ? mediaTypes[Math.floor(random() * mediaTypes.length)] : undefined
    return mediaType === undefined ? { kind: 'text', text: text() } : madeFile(mediaType, ++count)
  }
  const user = (): Message => ({
    role: 'user',
    content:
      random() < 0.4
        ? text()
        : [{ kind: 'text', text: text() }, ...Array.from({ length: Math.floor(random() * 3) }, part)],
  })
  const messages: Message[] = random() < 0.6 ? [{ role: 'system', content: text() }] : []
  messages.push(user())
  if (random() < 0.3) messages.push({ role: 'assistant', content: text() }, user())
  return {
    model,
    messages,
    maxTokens: random() < 0.5 ? 1 + Math.floor(random() * 900) : null,
    temperature: null,
    schema: random() < 0.4 ? { name: 'answer', schema: madeSchema } : null,
    extra: {},
  }
}

/** A text of which a vector is made. */
export function madeEmbedding({ random, model }: Making): EmbeddingRequest {
  const input = `${pick(random, tricky)} text, ${Math.floor(random() * 1e9)} ${pick(random, tricky)}`
  return { model, input, dimensions: null, extra: {} }
}

/** The name of a property that no service has of its own. */
export const schemaWord = 'subject_of_the_suite'

const madeSchema = {
  type: 'object',
  properties: { [schemaWord]: { type: 'string' } },
  required: [schemaWord],
  additionalProperties: false,
}

function madeFile(mediaType: string, count: number): FilePart {
  return {
    kind: 'file',
    path: `file-${count}`,
    filename: `file-${count}.${mediaType.split('/')[1]}`,
    mediaType,
    pages: null,
    pageCount: null,
    detail: null,
    maxTokens: null,
  }
}

/** Every text of a request, in its own order; of files, nothing. */
export function textsIn(request: ModelRequest): readonly string[] {
  if (isEmbedding(request)) return [request.input]
  return request.messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? [content]
      : content.flatMap((part) => (part.kind === 'text' ? [part.text] : [])),
  )
}

/** A random JSON value. */
export function anyJson(random: () => number, depth = 3): unknown {
  const kind = Math.floor(random() * (depth > 0 ? 7 : 5))
  const length = Math.floor(random() * 4)
  if (kind === 0) return null
  if (kind === 1) return random() < 0.5
  if (kind === 2) return pick(random, [0, -1, 1.5, 200, 404, 1e21, Number.MAX_SAFE_INTEGER])
  if (kind === 3) return pick(random, ['', 'x', '200', 'text', '\u0000', 'error', '{}'])
  if (kind === 4) return random() < 0.5 ? [] : {}
  if (kind === 5) return Array.from({ length }, () => anyJson(random, depth - 1))
  const names = Array.from({ length }, () =>
    pick(random, ['id', 'error', 'body', 'usage', 'messages', '__proto__']),
  )
  return Object.fromEntries(names.map((name) => [name, anyJson(random, depth - 1)]))
}

/** The same JSON with some of it replaced by other, or left out. */
export function spoiled(value: unknown, random: () => number): unknown {
  if (random() < 0.08) return anyJson(random)
  if (Array.isArray(value)) return value.map((each) => spoiled(each, random))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => random() > 0.05)
      .map(([name, each]) => [name, spoiled(each, random)]),
  )
}

function pick<Item>(random: () => number, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random() * items.length)] ?? items[0]
}
