import type { Fault } from './relay.ts'

const page = '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>'

/** An answer from something in between; `mayBeDone`: nobody can say that nothing was done. */
export interface InBetween {
  readonly what: string
  readonly mayBeDone: boolean
  readonly fault: Extract<Fault, { readonly kind: 'instead' }>
}

/** Answers that come in between on the way to a service. */
export const inBetween: readonly InBetween[] = [
  { what: 'a page', mayBeDone: true, fault: answer(200, 'text/html', page) },
  { what: 'an empty answer', mayBeDone: true, fault: answer(200, 'application/json', '') },
  { what: 'half of a JSON', mayBeDone: true, fault: answer(200, 'application/json', '{"id":"x","sta') },
  { what: 'a 404 with a page', mayBeDone: true, fault: answer(404, 'text/html', page) },
  { what: 'a 429 with a page', mayBeDone: true, fault: answer(429, 'text/html', page) },
  { what: 'a 500', mayBeDone: true, fault: answer(500, 'application/json', '{"error":{"message":"oops"}}') },
  { what: 'a 502 with a page', mayBeDone: true, fault: answer(502, 'text/html', page) },
  { what: 'a 503', mayBeDone: true, fault: answer(503, 'text/plain', 'try later') },
  { what: 'a 504 without words', mayBeDone: true, fault: answer(504, 'text/plain', '') },
  { what: 'a redirect', mayBeDone: false, fault: answer(302, 'text/html', page) },
]

function answer(status: number, type: string, body: string): InBetween['fault'] {
  return { kind: 'instead', status, type, body }
}
