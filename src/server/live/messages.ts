import type { StreamMessage } from '../contract/event.ts'
import type { EventRow } from '../../ports/state.ts'
import type { Event } from '../contract/event.ts'

const encoder = new TextEncoder()

/** The beginning of a stream: it tells a browser how soon to come back when the stream breaks off. */
export const opening = encoder.encode('retry: 1000\n\n')

/** A message without content, so that nobody on the way takes the connection to be dead. */
export const heartbeat = encoder.encode(': still here\n\n')

/** A message as the bytes that every stream sends; an event carries its id, from which the stream can be taken up again. */
export function bytesOf(message: StreamMessage): Uint8Array {
  const id = message.type === 'event' ? `id: ${message.event.id}\n` : ''
  return encoder.encode(`${id}data: ${JSON.stringify(message)}\n\n`)
}

/** An event as it is told. */
export function eventOf({ id, runId, at, kind, data }: EventRow): Event {
  const told: Event['data'] = JSON.parse(data)
  return { id, run: runId, at, kind, data: told }
}
