import type { Answer, Message, ModelRequest, Task } from '../../domain/request.ts'
import type { CacheWriting } from '../../domain/money.ts'
import type { TokenRule } from '../../domain/token-rule.ts'

/**
 * The language of a service: a request as JSON and back, a line of an input file, a line of results. Pure throughout;
 * nothing here calls anybody. `endpoint` is the service's own word for where a request goes, which nobody else reads.
 */
export interface Wire {
  /** What is asked at an endpoint. */
  taskOf(endpoint: string): Task
  /** Whether a model's name surely means the model known by it: behind a gateway another one may answer. */
  readonly isOwnModel: boolean
  /** What the service makes of a request by its fields, whatever its messages say. */
  inspect(request: ModelRequest, endpoint: string): Inspection
  /** Whether this model's answers are held to the bounds that a schema states as keywords. */
  enforcesConstraints(model: string): boolean
  /**
   * The JSON body of one request. Each text, and the content of each file, stands in it exactly once, as the JSON text
   * that it is; in which order is the service's own affair.
   */
  body(request: ModelRequest, endpoint: string): Record<string, unknown>
  /** What of a body costs input tokens, with words in the place of its files: the way back from `body`. Never throws. */
  readBody(body: unknown, model: string): ModelRequest
  /** How the tokens of a model's texts are counted without asking the service. */
  tokenRule(model: string): TokenRule
  /** A stored body that goes on with these messages after its own, which stay as they are; null: it is no conversation. */
  withMessages(body: Uint8Array, messages: readonly Message[]): Uint8Array | null
  /** What stands around the id and the body in a line of an input file. */
  lineFrame(endpoint: string): LineFrame
  /** One parsed line of results as its id and answer; null when it is not such a line. */
  line(value: unknown): ReadLine | null
}

/**
 * A line of an input file is `beforeId`, the id, `beforeBody`, the body, `}`. The id is its first value and the body its
 * first object and its last member, so that both are found in a stored line without knowing whose it is.
 */
export interface LineFrame {
  /** As in `{"custom_id":"`. */
  readonly beforeId: string
  /** As in `","body":`. */
  readonly beforeBody: string
}

/** Facts of a request that are known before it is sent. */
export interface Inspection {
  /** The most output tokens that the request allows, wherever it says so; null: it leaves that to the model. */
  readonly maxTokens: number | null
  /** How many numbers an answer to an embedding has; null: the name of the model does not tell, or there are none. */
  readonly vectorLength: number | null
  /** What the request may have written into a cache; `unasked` when left out: what the service writes by itself. */
  readonly cacheWriting?: CacheWriting
  /** Why each such request surely fails, or costs what nothing here counts. */
  readonly refused: readonly Concern[]
  /** Why it may fail. */
  readonly doubtful: readonly Concern[]
}

/** A fault of a request, and its fix. */
export interface Concern {
  readonly words: string
  readonly fix: string
}

/** A line of results. */
export interface ReadLine {
  /** Null where the line has none, or one that is no text: what it cost is known nevertheless. */
  readonly customId: string | null
  readonly answer: Answer
}
