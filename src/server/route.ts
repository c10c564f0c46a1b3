import { createRoute, type RouteConfig, z } from '@hono/zod-openapi'
import type { Scope } from '../domain/scope.ts'
import { answersOf, type Answers, type Given } from './answer.ts'
import type { Caller } from './guard/caller.ts'
import type { Client } from './guard/client.ts'
import type { ServerContext } from './server-context.ts'

type Shape = z.ZodObject

/** One route, in the table that the server, its document and its tests walk. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete'
  /** As in the document: `/api/v1/runs/{run}`. */
  readonly path: string
  /** What a caller must be allowed; `open`: nothing, everybody is answered. */
  readonly scope: Scope | 'open'
  /** Whether it can cost money, and so takes an Idempotency-Key. */
  readonly spends: boolean
  /** The status of an answer that is given again under its Idempotency-Key; null: that of the first time. */
  readonly replayedAs: number | null
  /** Whether it reads so much that only a few are answered at one time. */
  readonly expensive: boolean
  readonly params: Shape | null
  readonly query: Shape | null
  readonly body: z.ZodType | null
  readonly answers: Answers
  readonly document: RouteConfig
  readonly handle: (asked: Asked) => Promise<Given>
}

/** A request that was let in and whose parts fit their schemas. */
export interface Asked<Params = unknown, Query = unknown, Body = unknown> {
  readonly served: ServerContext
  /** Who asks; on an open route the nobody that is let in everywhere. */
  readonly caller: Caller
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The body as it came, for signatures. */
  readonly text: string
  readonly header: (name: string) => string | undefined
  readonly client: Client
  /** The client is gone. */
  readonly signal: AbortSignal
  /** Ends the connection in the middle of an answer, so that nobody takes it for whole. */
  readonly breakOff: () => void
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : Readonly<Record<string, never>>

interface Words<Params, Query, Body, Said extends Answers> {
  readonly method: Route['method']
  readonly path: string
  readonly scope: Route['scope']
  /** One line for the document. */
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly spends?: boolean
  readonly replayedAs?: number
  readonly expensive?: boolean
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly answers: Said
}

/**
 * One route: what it takes, who may, what it answers, and the function that does it. Query and body take nothing but
 * what their schemas name, or say that they take besides.
 */
export function defineRoute<
  Said extends Answers,
  Params extends Shape | undefined = undefined,
  Query extends Shape | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  words: Words<Params, Query, Body, Said>,
  handle: (asked: Asked<Parsed<Params>, Parsed<Query>, Parsed<Body>>) => Promise<Given<Said>>,
): Route {
  const {
    method,
    path,
    scope,
    spends = false,
    replayedAs = null,
    expensive = false,
    params,
    query,
    body,
    answers,
  } = words
  const { summary, description, tag } = words
  return {
    method,
    path,
    scope,
    spends,
    replayedAs,
    expensive,
    params: params ?? null,
    query: query === undefined ? null : query.def.catchall ? query : query.strict(),
    body: body ?? null,
    answers,
    document: createRoute({
      method,
      path,
      summary,
      ...(description === undefined ? {} : { description }),
      tags: [tag],
      ...(scope === 'open' ? { security: [] } : { security, 'x-scope': scope }),
      request: {
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { query }),
        ...(spends ? { headers: repeatHeaders } : {}),
        ...(body === undefined
          ? {}
          : { body: { required: false, content: { 'application/json': { schema: body } } } }),
      },
      responses: answersOf(answers, {
        keyed: scope !== 'open',
        body: body !== undefined,
        spends,
        changes: method !== 'get',
      }),
    }),
    // The parts were parsed by these very schemas.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    handle: handle as Route['handle'],
  }
}

const security = [{ key: [] }, { bearer: [] }, { session: [] }]

const repeatHeaders = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .optional()
    .openapi({ description: 'what is asked again under the same key is done once, and answered the same' }),
})
