import type { IncomingHttpHeaders } from 'node:http'
import type { Executed } from './batch/executed.ts'
import type { LineAt } from './scenarios/line-play.ts'
import type { ScenarioDefinition } from './scenarios/definition.ts'
import type { Counts, Polls } from './scenarios/object-play.ts'
import type { ErrorFields, Refusal } from './errors.ts'
import type { Call } from './http/call.ts'
import type { Reply } from './http/reply.ts'
import type { JsonObject } from './json.ts'
import type { BatchError, BatchRecord, Maker, ResultPart, TokenUsage } from './records.ts'
import type { State } from './state.ts'

/**
 * One kind of batch service: its paths, its words, its objects, its limits and its prices. The core carries it out and
 * knows none by name; a new one is a folder below `dialects/` and a line in `dialects.ts`.
 */
export interface Dialect {
  readonly name: string
  /** The services that speak it (OpenAI's: `openai` and `azure`). Every file and batch belongs to one of them. */
  readonly profiles: readonly string[]
  /**
   * The kinds of call it takes, as fault rules name them. What every service has is called alike everywhere:
   * `batches.create`, `batches.retrieve`, `batches.list`, `batches.cancel`, and `files.create` for the bytes of a file.
   */
  readonly operations: readonly string[]
  /** What its clients take for the address, behind that of the emulator: `/v1`, `/anthropic`; no other begins like it. */
  readonly basePath: string
  /** The call that a request line means, or the refusal of a path or method that the service does not have. */
  route(method: string, pathname: string): Route | NoRoute
  readonly batches: BatchRules
  /** What can go wrong with this service alone, beside what can go wrong with every one. */
  readonly scenarios: readonly ScenarioDefinition[]
  /** Whether it has a model of this name. */
  hasModel(name: string): boolean
}

/** How a dialect speaks, whatever a call is about. */
export interface Speech {
  /** The body of an answer with an error. */
  errorBody(status: number, fields: ErrorFields, requestId: string): string
  /** The headers of such an answer, where it has some of its own: another type of content, the name of the error. */
  errorHeaders?(status: number, fields: ErrorFields): Readonly<Record<string, string>>
  /** The headers that every answer has. */
  headers(requestId: string): Readonly<Record<string, string>>
}

/** One kind of call to one service. */
export interface Route extends Speech {
  readonly operation: string
  readonly profile: string
  /** False where the handler takes the body off the connection itself, as uploads do. */
  readonly readsBody: boolean
  /** Who calls. Throws a Refusal without a key, or with a wrong one. */
  authorise(headers: IncomingHttpHeaders, query: URLSearchParams, apiKeys: readonly string[]): Maker
  /** Does what the call asks for. Throws a Refusal. */
  handle(call: Call): Reply | Promise<Reply>
}

export interface NoRoute extends Speech {
  readonly refusal: Refusal
}

/** The way of a batch through a service: how its input is read, checked, run, written, shown and billed. */
export interface BatchRules {
  /** Reads the whole input while the batch is `validating`. */
  check(state: State, batch: BatchRecord): Promise<CheckedInput>
  /** Why a batch does not fit beside what is enqueued; asked in the same tick in which its tokens are recorded. */
  quotaError(state: State, batch: BatchRecord, checked: CheckedInput): BatchError | null
  /** The error of a batch that fails after its lines have run; `null`: it does not. */
  lateFailure(batch: BatchRecord): BatchError | null
  /** One line of the input; `null` where it is none. */
  readLine(state: State, batch: BatchRecord, text: string, index: number): RequestLine | null
  /** The line of a request that ran. */
  result(line: LineAt, executed: Executed): ResultLine
  /** The line of a request that did not run any more; `null`: nothing is written of it. */
  skipped(batch: BatchRecord, index: number, customId: string, reason: Skipped): ResultLine | null
  /** Whether results stand in the order of the requests; left out: in another one. */
  readonly keepsOrder?: true
  /** The batch object as the service writes it. */
  show(batch: BatchRecord, showing: Showing): JsonObject
  /** Whether the results have a line for every request of a batch that was ended before any could run. */
  readonly answersUnrun: boolean
  /** Whether requests that have not run by `expiresAtMs` are given up. */
  expiresOnTime(batch: BatchRecord): boolean
  resultFileId(batch: BatchRecord, part: ResultPart): string
  /** The name of a result file, where it is found by that. */
  resultFileName?(batch: BatchRecord, part: ResultPart): string
  /** Provider milliseconds since 1970. */
  resultFileExpiresAtMs(batch: BatchRecord, createdAtMs: number): number
  /** How its batches are answered by a server behind the emulator; left out: they are not. */
  readonly relay?: Relay
  /** Whether a result file without a line is kept. */
  keepsEmptyFile(batch: BatchRecord, part: ResultPart): boolean
}

/** How a service asks a server behind the emulator for the answers to its lines. */
export interface Relay {
  /** Where a batch's requests go, behind the address of the server. */
  path(batch: BatchRecord): string
  /** What an answer came to. */
  executed(answer: { readonly status: number; readonly body: JsonObject }): Executed
}

/** The facts of an input that has been read. */
export interface CheckedInput {
  readonly errors: readonly BatchError[]
  readonly model: string | null
  readonly total: number
  readonly tokens: number
  /** Prompt tokens of each line, so that they are not counted again while the batch runs. */
  readonly lineTokens: readonly number[]
}

/** Why a request did not run. */
export type Skipped = 'expired' | 'cancelled'

/** A line of an input that can be carried out. */
export interface RequestLine extends LineAt {
  /** Carries out a body: its own, or one that a scenario has changed. */
  run(body: JsonObject, scope: RunScope): Executed
  /** What the batch price of this usage is. */
  costPicoUsd(usage: TokenUsage): number
}

/** The context in which a line is carried out. */
export interface RunScope {
  /** Digest of the line's own body: equal bodies get equal answers. */
  readonly hash: string
  /** True while the body has not failed for a marker that lets it fail once. */
  readonly failOnce: boolean
  readonly createdAtMs: number
  /** Prompt tokens, when they have been counted before. */
  readonly knownTokens: number | undefined
}

/** A line of a result file, and the file it belongs to. */
export interface ResultLine {
  readonly part: ResultPart
  readonly line: object
}

/** The values beside a batch when it is shown. */
export interface Showing {
  readonly counts: Counts
  readonly polls: Polls
  readonly nowMs: number
  /** How far the service's clock is off. */
  readonly skewMs: number
  /** Address that the caller used, such as `http://127.0.0.1:4101`. */
  readonly origin: string
}
