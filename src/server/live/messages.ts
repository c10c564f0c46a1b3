import type { StreamMessage } from '../contract/event.ts'

const encoder = new TextEncoder()

/** What a stream begins with: how soon a browser comes back when it breaks off. */
export const opening = encoder.encode('retry: 1000\n\n')

/** Says nothing, so that nobody on the way takes the connection to be dead. */
export const heartbeat = encoder.encode(': still here\n\n')

/** A message as the bytes that every stream sends; an event carries its id, from which the stream can be taken up again. */
export function bytesOf(message: StreamMessage): Uint8Array {
  const id = message.type === 'event' ? `id: ${message.event.id}\n` : ''
  return encoder.encode(`${id}data: ${JSON.stringify(message)}\n\n`)
}
