import {
  type ChatRequest,
  type ContentPart,
  type FilePart,
  isEmbedding,
  type Message,
  type ModelRequest,
} from '../../domain/request.ts'

type Content = Message['content']

/** Whether a value that a prompt gave is what a message can hold: a text, or parts made by `text` and `attach`. */
export function isContent(value: unknown): value is Content {
  return typeof value === 'string' || (Array.isArray(value) && value.every(isPart))
}

function isPart(value: unknown): value is ContentPart {
  if (typeof value !== 'object' || value === null) return false
  const kind: unknown = Reflect.get(value, 'kind')
  if (kind === 'text') return typeof Reflect.get(value, 'text') === 'string'
  return (
    kind === 'file' &&
    ['path', 'filename', 'mediaType'].every((name) => typeof Reflect.get(value, name) === 'string')
  )
}

/** The texts of a message: what can be counted and checked before any file is read. */
export function textsOf(content: Content): readonly string[] {
  return typeof content === 'string'
    ? [content]
    : content.map((part) => (part.kind === 'text' ? part.text : part.filename))
}

/** The files of a request, in the order in which its body names them. */
export function filesOf({ messages }: Pick<ChatRequest, 'messages'>): readonly FilePart[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.filter((part) => part.kind === 'file'),
  )
}

/** The same request with content put into its files, each told its place in the order of `filesOf`. */
export function withData(request: ChatRequest, dataOf: (index: number) => string): ChatRequest {
  let index = 0
  return {
    ...request,
    messages: request.messages.map((message) =>
      typeof message.content === 'string'
        ? message
        : {
            ...message,
            content: message.content.map((part) =>
              part.kind === 'file' ? { ...part, data: dataOf(index++) } : part,
            ),
          },
    ),
  }
}

/** The texts and files of a request, in its own order. */
export function slotsOf(request: ModelRequest): readonly (string | FilePart)[] {
  if (isEmbedding(request)) return [request.input]
  return request.messages.flatMap(({ content }): readonly (string | FilePart)[] =>
    typeof content === 'string'
      ? [content]
      : content.map((part) => (part.kind === 'text' ? part.text : part)),
  )
}

/** The same request with a mark of its own in the place of every text and of the content of every file. */
export function withSlots(request: ModelRequest, markOf: (index: number) => string): ModelRequest {
  if (isEmbedding(request)) return { ...request, input: markOf(0) }
  let index = 0
  return {
    ...request,
    messages: request.messages.map(({ role, content }) => ({
      role,
      content:
        typeof content === 'string'
          ? markOf(index++)
          : content.map((part) =>
              part.kind === 'text' ? { ...part, text: markOf(index++) } : { ...part, data: markOf(index++) },
            ),
    })),
  }
}
