import { z } from '@hono/zod-openapi'
import { list, timeMs } from './page.ts'
import { runSummary } from './run.ts'

/** An event of a run, with an id that grows. */
export const event = z
  .object({
    id: z.number().int(),
    run: z.string(),
    at: timeMs,
    kind: z.string().openapi({ example: 'run.paused' }),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('Event')

export const events = z.object({ items: list(event), nextCursor: z.string().nullable() }).openapi('Events')

/**
 * A message of an event stream: `event` messages carry an id and are sent again after a reconnection with
 * `Last-Event-ID`; `progress` tells where a run stands whenever that changed, and has no id.
 */
export const streamMessage = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('event'), event }),
    z.object({ type: z.literal('progress'), run: runSummary }),
  ])
  .openapi('StreamMessage')

export type Event = z.infer<typeof event>
export type Events = z.infer<typeof events>
export type StreamMessage = z.infer<typeof streamMessage>
