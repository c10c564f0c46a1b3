import { type RouteConfig, z } from '@hono/zod-openapi'
import { problem } from './contract/problem.ts'
import { problemMedia } from './problem.ts'

/** An answer that is not one piece of JSON. */
export interface Media {
  readonly media: string
  /** Another media type that a caller can ask for, as plain text. */
  readonly also?: string
  /** Of each line or message, where there is one. */
  readonly schema: z.ZodType
  /** It goes on until its end, or the client's. */
  readonly streams: boolean
}

/** Answers of a route when it does what was asked, by status; null: an empty one. */
export type Answers = Readonly<Record<number, z.ZodType | Media | null>>

/** An answer that is given: a body that fits the schema of its status, or a stream. */
export type Given<Said extends Answers = Answers> = {
  [Status in keyof Said & number]: {
    readonly status: Status
    readonly body: Said[Status] extends z.ZodType
      ? z.input<Said[Status]>
      : Said[Status] extends Media
        ? ReadableStream<Uint8Array> | string
        : null
    /** The same as JSON, when it is written already. */
    readonly json?: Uint8Array<ArrayBuffer>
    readonly headers?: Readonly<Record<string, string>>
  }
}[keyof Said & number]

/** The usual answer. */
export function ok<Body>(body: Body): { readonly status: 200; readonly body: Body } {
  return { status: 200, body }
}

/** An answer of another status, or with headers of its own. */
export function said<Status extends number, Body>(
  status: Status,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): { readonly status: Status; readonly body: Body; readonly headers: Readonly<Record<string, string>> } {
  return { status, body, headers }
}

/** The usual answer, from what was written a moment ago. */
export function kept<Body>({
  value,
  json,
}: {
  readonly value: Body
  readonly json: Uint8Array<ArrayBuffer>
}): {
  readonly status: 200
  readonly body: Body
  readonly json: Uint8Array<ArrayBuffer>
} {
  return { status: 200, body: value, json }
}

export function isMedia(answer: z.ZodType | Media | null): answer is Media {
  return answer !== null && 'media' in answer
}

export interface Traits {
  readonly keyed: boolean
  readonly body: boolean
  readonly spends: boolean
  readonly changes: boolean
}

const problems: readonly {
  readonly status: number
  readonly words: string
  readonly when: (traits: Traits) => boolean
}[] = [
  { status: 401, words: 'no valid key', when: ({ keyed, body }) => keyed || body },
  { status: 402, words: 'the budget does not allow it', when: ({ spends }) => spends },
  { status: 403, words: 'another host or origin, or not in the scope of the key', when: () => true },
  { status: 404, words: 'there is no such thing', when: () => true },
  { status: 409, words: 'not in the state that things are in', when: ({ keyed }) => keyed },
  { status: 413, words: 'the body is too large', when: ({ body }) => body },
  { status: 415, words: 'the body is not JSON', when: ({ body }) => body },
  { status: 422, words: 'what was asked cannot be done as it was asked', when: () => true },
  { status: 429, words: 'too much at once; Retry-After says when', when: () => true },
  { status: 500, words: 'a bug; the log says more', when: () => true },
  { status: 502, words: 'the provider refused', when: ({ keyed, changes }) => keyed && changes },
  { status: 503, words: 'the database or the provider is away', when: () => true },
]

/** All answers of a route for the document, with the problems that it can meet. */
export function answersOf(answers: Answers, traits: Traits): RouteConfig['responses'] {
  const found: RouteConfig['responses'] = {}
  for (const [status, answer] of Object.entries(answers))
    found[status] =
      answer === null
        ? { description: 'done' }
        : {
            description: 'done',
            content: isMedia(answer)
              ? {
                  [answer.media]: { schema: answer.schema },
                  ...(answer.also === undefined ? {} : { [answer.also]: { schema: z.string() } }),
                }
              : { 'application/json': { schema: answer } },
          }
  for (const { status, words, when } of problems)
    if (when(traits))
      found[status] ??= { description: words, content: { [problemMedia]: { schema: problem } } }
  return found
}
