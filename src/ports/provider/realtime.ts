import type { Reply } from './reply.ts'

/** The call of a service that answers at once. */
export interface Realtime {
  /**
   * One synchronous request; paid. Accepted is what the service says about this very request, be it an answer or what
   * is wrong with it; refused is what was not looked at, and costs nothing.
   */
  complete(ask: Ask, signal?: AbortSignal): Promise<Reply<Completed>>
  /** What came of a synchronous request as a line of results, so that both are read alike; pure. */
  outputLine(customId: string, completed: Completed | Unsure): Record<string, unknown>
}

/** Arguments of one synchronous call. */
export interface Ask {
  readonly endpoint: string
  /** Takes the place of the one in the body, when that is another. */
  readonly model: string
  /** The JSON text of the body of a line; its very bytes are sent where nothing has to be changed. */
  readonly body: string
  readonly deliveryMode: 'realtime' | 'flex'
}

/** A synchronous answer: 200 with a result, or another status with the reason. */
export interface Completed {
  readonly status: number
  readonly body: unknown
}

/** Why nobody knows what came of a synchronous request. */
export interface Unsure {
  readonly unsure: string
}
