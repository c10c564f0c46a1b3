import { describe, expect, test } from 'vitest'
import { classifyCompletion } from './classify-completion.ts'
import type { Exchange } from '../http/exchange.ts'

function answered(status: number, json?: unknown, retryAfterMs: number | null = null): Exchange {
  return {
    kind: 'answered',
    host: 'api.example.com',
    status,
    json,
    retryAfterMs,
    page: null,
    location: null,
    saved: null,
  }
}
function said(message: string, code: string | null = null): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code } }
}
/** The verdict in one word, with the status of an answer. */
function verdict(exchange: Exchange): string {
  const reply = classifyCompletion(exchange)
  if (reply.kind === 'accepted') return `accepted ${reply.value.status}`
  return reply.kind === 'refused' ? reply.cause : reply.kind
}

describe('a synchronous call', () => {
  test.for([
    [200, { choices: [] }],
    [400, said('too long', 'context_length_exceeded')],
    [400, said('filtered', 'content_filter')],
    [413, said('too large')],
    [422, said('odd')],
    [500, said('failed', 'server_error')],
  ] as const)('that is answered with %s has the answer of its request', ([status, body]) => {
    expect(verdict(answered(status, body))).toBe(`accepted ${status}`)
  })

  test.for([
    [429, said('slow down', 'rate_limit_exceeded'), null, 'rate'],
    [400, said('Incorrect API key provided: na***ys.'), null, 'auth'],
    [429, undefined, 1_000, 'rate'],
    [429, said('pay', 'insufficient_quota'), null, 'account'],
    [429, said('pay', 'insufficient_quota'), 1_000, 'account'],
    [503, said('overloaded'), null, 'rate'],
    [503, undefined, 1_000, 'rate'],
    [401, said('key'), null, 'auth'],
    [403, said('no'), null, 'auth'],
    [404, said('no such model', 'model_not_found'), null, 'account'],
    [404, said('nothing here'), null, 'gone'],
    [404, undefined, null, 'invalid'],
    [400, undefined, null, 'invalid'],
    [301, undefined, null, 'away'],
  ] as const)('that is answered with %s %o was not looked at', ([status, body, retryAfterMs, cause]) => {
    expect(verdict(answered(status, body, retryAfterMs))).toBe(cause)
  })

  test.for([429, 503])(
    "to a server of one's own that is answered with %s in any words was not looked at",
    (status) => {
      const bare = answered(status)
      const page: Exchange = bare.kind === 'answered' ? { ...bare, page: 'Bad gateway' } : bare
      const ofOwn = (exchange: Exchange): string => {
        const reply = classifyCompletion(exchange, { isOwnServer: true })
        return reply.kind === 'refused' ? reply.cause : reply.kind
      }
      expect(ofOwn(bare)).toBe('rate')
      expect(verdict(bare)).toBe('unknown')
      expect(ofOwn(page)).toBe('unknown')
      expect(ofOwn(answered(502))).toBe('unknown')
    },
  )

  test.for([
    [200, undefined],
    [429, undefined],
    [500, undefined],
    [502, said('bad gateway')],
    [503, undefined],
    [504, said('timeout')],
    [408, said('slow')],
    [409, said('conflict')],
  ] as const)('that is answered with %s %o may have been paid', ([status, body]) => {
    expect(verdict(answered(status, body))).toBe('unknown')
  })

  test('that broke off may have been paid only when a byte of it can have arrived', () => {
    const broke = { kind: 'failed', at: 'network', lasting: false, message: 'reset' } as const
    expect(verdict({ ...broke, sent: true, whole: true })).toBe('unknown')
    expect(verdict({ ...broke, sent: false, whole: false })).toBe('away')
    expect(verdict({ ...broke, sent: false, whole: false, at: 'token' })).toBe('token')
  })
})
