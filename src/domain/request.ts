/** What Offpeak asks a model, in no provider's words. */

/** One message of a conversation with a model. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string | readonly ContentPart[]
}

/** A piece of a message: a text, or a file that is only named here. */
export type ContentPart = { readonly kind: 'text'; readonly text: string } | FilePart

/** A file that goes along with a message; its bytes are read when the request is encoded. */
export interface FilePart {
  readonly kind: 'file'
  /** Relative to the project's directory. */
  readonly path: string
  /** What the model is told the file is called. */
  readonly filename: string
  readonly mediaType: string
  /** The first and last page that are sent, from 1; null: the whole file. */
  readonly pages: readonly [number, number] | null
  /** How many pages are sent; null: not known before the file is read, or it has none. */
  readonly pageCount: number | null
  /** How closely an image is looked at; null: the provider's own choice. */
  readonly detail: 'auto' | 'low' | 'high' | 'original' | null
  /** The most input tokens it counts as; null: what is known of the model decides. */
  readonly maxTokens: number | null
  /** The content as base64, once it was read. */
  readonly data?: string
}

/** One record rendered: everything that decides the answer. */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly Message[]
  /** The most output tokens; null leaves the model's own maximum. */
  readonly maxTokens: number | null
  readonly temperature: number | null
  /** A JSON Schema in the strict form, or null for plain text. */
  readonly schema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> } | null
  /** Passed to the provider as they are. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** One text to be turned into a vector. */
export interface EmbeddingRequest {
  readonly model: string
  readonly input: string
  /** How many numbers the vector has; null leaves the model's own length. */
  readonly dimensions: number | null
  /** Passed to the provider as they are. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** The request of one line of a batch. */
export type ModelRequest = ChatRequest | EmbeddingRequest

/** Whether a vector is asked for, and not an answer in words. */
export function isEmbedding(request: ModelRequest): request is EmbeddingRequest {
  return 'input' in request
}

/**
 * Kind of answer that a request asks for: words (`chat`), a vector (`embedding`), or the text on the pages of one
 * document (`ocr`).
 */
export type Task = 'chat' | 'embedding' | 'ocr'

/**
 * One line of an output or error file, in no provider's words. Each kind carries what was billed for it, also where it
 * is no use to anybody; without `usage` nobody has said what that was, which is not nothing, unless it is an error of
 * a request that was not `ran`.
 */
export type Answer =
  | {
      readonly kind: 'text'
      readonly text: string
      readonly cut: boolean
      readonly model: string | null
      /** How many of the output tokens went into reasoning, of an answer that is cut or blank; null: not told. */
      readonly reasoningTokens: number | null
      readonly usage: Usage | null
    }
  | {
      readonly kind: 'vector'
      readonly vector: readonly number[]
      readonly model: string | null
      readonly usage: Usage | null
    }
  | { readonly kind: 'refusal'; readonly reason: string; readonly usage: Usage | null }
  | {
      readonly kind: 'error'
      readonly outcome: 'failed' | 'refused' | 'invalid' | 'transient' | 'expired' | 'cancelled' | 'unsure'
      readonly reason: string
      readonly usage: Usage | null
      /** Whether the service ran the request, by all that it says: what it bills is then not known to be nothing. */
      readonly ran: boolean
      /** It was not run because of the account, as one without credit: no fault of the request, and for a person. */
      readonly about?: 'account'
    }

/** The error code of a line that Offpeak itself writes for a call whose fate is not known. */
export const unsureCode = 'offpeak_unsure'

/** Tokens of an answer, as its service billed them. */
export interface Usage {
  /** Pages, of a model that is billed by them (`InputUnit`). */
  readonly inputTokens: number
  readonly cachedTokens: number
  /** Input that was written into a cache, which some services bill higher; left out: none was told. */
  readonly cacheWriteTokens?: number
  /** Those of them that the cache keeps longer than it usually does, which may cost still more; left out: none. */
  readonly longCacheWriteTokens?: number
  readonly outputTokens: number
  /** What the service says that it charges for it, in pico-dollars, which goes before any list of prices; left out: not said. */
  readonly costPicoUsd?: number
  /** The service says that it was served in another tier than was asked for, and so not at the price that was planned. */
  readonly isOtherTier?: true
  /** Only one of input and output was told, and the other stands as 0: what was billed is more. */
  readonly isPartial?: true
}

/** Whether an answer may have cost something: only a request that certainly did not run is free. */
export function mayBeBilled(answer: Answer): boolean {
  return answer.kind !== 'error' || answer.ran
}

export const noUsage: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }

/** The tokens of both. */
export function addUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    ...cacheWrites(
      (one.cacheWriteTokens ?? 0) + (other.cacheWriteTokens ?? 0),
      (one.longCacheWriteTokens ?? 0) + (other.longCacheWriteTokens ?? 0),
    ),
    outputTokens: one.outputTokens + other.outputTokens,
    ...toldCost(one, other),
  }
}

/** What the service says of both; nothing where it is silent about one of them that used anything. */
function toldCost(one: Usage, other: Usage): Pick<Usage, 'costPicoUsd'> {
  const [first, second] = [costTold(one), costTold(other)]
  const isTold = one.costPicoUsd !== undefined || other.costPicoUsd !== undefined
  return isTold && first !== null && second !== null ? { costPicoUsd: first + second } : {}
}

function costTold({ costPicoUsd, inputTokens, outputTokens }: Usage): number | null {
  return costPicoUsd ?? (inputTokens + outputTokens === 0 ? 0 : null)
}

/** Tokens written into a cache, as a part of a usage, and the part of them to be kept longer; zeros are left out. */
export function cacheWrites(
  tokens: number,
  longTokens = 0,
): Pick<Usage, 'cacheWriteTokens' | 'longCacheWriteTokens'> {
  if (tokens === 0) return {}
  return { cacheWriteTokens: tokens, ...(longTokens > 0 && { longCacheWriteTokens: longTokens }) }
}

const idPattern = /^([0-9a-z]{4,16})-(\d{1,6})$/

/**
 * The `custom_id` of a line: the nonce of its batch file and its line, so that matching is an array index and no
 * user data leaves in an id. At most 23 characters of `[0-9a-z-]`, which every provider takes.
 */
export function customId(fileTag: string, line: number): string {
  return `${fileTag}-${line}`
}

/** The file tag and line of one of our ids; null for an id that is not ours. */
export function parseCustomId(id: string): { readonly fileTag: string; readonly line: number } | null {
  const match = idPattern.exec(id)
  return match?.[1] && match[2] ? { fileTag: match[1], line: Number(match[2]) } : null
}

/** The texts of a message: what can be counted and checked before any file is read. */
export function textsOf(content: Message['content']): readonly string[] {
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
