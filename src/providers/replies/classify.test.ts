import { describe, expect, test } from 'vitest'
import { classify, plainText, providerError, type Effect } from './classify.ts'
import type { Exchange } from '../http/exchange.ts'

const read = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'id' in json ? json : null
const effects: readonly Effect[] = ['spends', 'stores', 'repeatable']

function answered(status: number, json?: unknown, retryAfterMs: number | null = null): Exchange {
  return { ...facts, status, json, retryAfterMs }
}
const facts = {
  kind: 'answered',
  host: 'api.example.com',
  page: null,
  location: null,
  saved: null,
} as const
function page(status: number): Exchange {
  return { ...facts, status, json: undefined, retryAfterMs: null, page: 'Just a moment...' }
}
function broke(sent: boolean, whole = sent): Exchange {
  return {
    kind: 'failed',
    at: 'network',
    sent,
    whole,
    lasting: false,
    message: 'POST host/batches: read ECONNRESET',
  }
}
function said(message: string, code: string | null = null): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code } }
}
/** The verdict in one word. */
function verdict(effect: Effect, exchange: Exchange): string {
  const reply = classify(effect, exchange, read)
  return reply.kind === 'refused' ? reply.cause : reply.kind
}

describe('a call that spends', () => {
  test.for([
    [400, said('bad'), 'invalid'],
    [401, said('key'), 'auth'],
    [
      400,
      { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: na***ys.' },
      'auth',
    ],
    [403, said('no'), 'auth'],
    [404, said('nothing here'), 'gone'],
    [404, undefined, 'invalid'],
    [413, undefined, 'invalid'],
    [422, said('odd'), 'invalid'],
    [429, said('slow down', 'rate_limit_exceeded'), 'rate'],
    [301, undefined, 'away'],
    [307, undefined, 'away'],
    [403, undefined, 'away'],
    [403, said('Country not supported', 'unsupported_country_region_territory'), 'away'],
  ] as const)('is refused by %s', ([status, body, cause]) => {
    expect(verdict('spends', answered(status, body))).toBe(cause)
  })

  test.for([
    [429, undefined],
    [303, undefined],
    [304, undefined],
    [402, said('pay')],
    [405, said('method')],
    [408, said('slow')],
    [409, said('conflict')],
    [425, said('early')],
    [499, undefined],
    [500, said('server')],
    [502, undefined],
    [503, said('overloaded')],
    [504, undefined],
    [529, said('overloaded')],
    [200, undefined],
    [200, { object: 'batch' }],
    [202, said('what')],
  ] as const)('is of unknown fate after %s %o', ([status, body]) => {
    expect(verdict('spends', answered(status, body))).toBe('unknown')
  })

  test('is of unknown fate when the connection broke after its last byte, and certainly not done before', () => {
    expect(verdict('spends', broke(true))).toBe('unknown')
    expect(verdict('spends', broke(true, false))).toBe('away')
    expect(verdict('spends', broke(false))).toBe('away')
  })

  test('is accepted only with a readable answer', () => {
    expect(classify('spends', answered(200, { id: 'b' }), read)).toEqual({
      kind: 'accepted',
      value: { id: 'b' },
    })
    expect(verdict('spends', answered(201, { id: 'b' }))).toBe('accepted')
  })
})

describe('a call that leaves a file', () => {
  test('is of unknown fate after 408, 5xx, a cut connection and an unreadable success', () => {
    for (const exchange of [
      answered(408),
      answered(500, said('x')),
      answered(504),
      broke(true),
      answered(200, []),
    ]) {
      expect(verdict('stores', exchange)).toBe('unknown')
    }
  })
  test('is refused by what certainly was not stored', () => {
    expect(verdict('stores', broke(false))).toBe('away')
    expect(verdict('stores', answered(429))).toBe('rate')
    expect(verdict('stores', answered(400, said('File is too large.')))).toBe('invalid')
  })
})

describe('a call that may be repeated', () => {
  test('meets an absent service where the answer is 5xx, a timeout, a cut or a web page', () => {
    for (const exchange of [
      answered(500, said('x')),
      answered(502),
      answered(408),
      broke(true),
      broke(false),
      answered(200),
      answered(404),
    ]) {
      expect(verdict('repeatable', exchange)).toBe('away')
    }
  })
  test('is told gone and conflict apart', () => {
    expect(verdict('repeatable', answered(404, said("No batch found with id 'batch_1'.")))).toBe('gone')
    expect(verdict('repeatable', answered(409, said("Cannot cancel a batch with status 'completed'.")))).toBe(
      'conflict',
    )
    expect(verdict('repeatable', answered(302))).toBe('away')
  })
})

describe('the causes that only the words tell', () => {
  test.for([
    [
      400,
      'The number of enqueued tokens has surpassed the configured limit of 30K for the deployment',
      'token_limit_exceeded',
      'quota',
    ],
    [429, 'Enqueued token limit reached for gpt-4o-mini in organization org-1.', null, 'quota'],
    [400, 'batch refused: token_limit_exceeded', 'BadRequest', 'quota'],
    [429, 'You exceeded your current quota, please check your plan', 'insufficient_quota', 'account'],
    [400, 'Billing hard limit has been reached', 'billing_hard_limit_reached', 'account'],
    [404, 'The API deployment for this resource does not exist.', 'DeploymentNotFound', 'account'],
    [
      400,
      'The chatCompletion operation does not work with the specified model',
      'OperationNotSupported',
      'account',
    ],
    [404, 'The model `gpt-9` does not exist', 'model_not_found', 'account'],
    [400, 'Cannot find file file-abc, or project proj_1 does not have access to it.', null, 'not_ready'],
    [
      400,
      "The input file 'file-abc' is in 'pending' state. Only files with status 'Processed' are accepted",
      null,
      'not_ready',
    ],
  ] as const)('%s "%s" (%s) is %s for every kind of call', ([status, message, code, cause]) => {
    for (const effect of effects) expect(verdict(effect, answered(status, said(message, code)))).toBe(cause)
  })

  test('do not outweigh a failing service', () => {
    expect(verdict('spends', answered(500, said('x', 'token_limit_exceeded')))).toBe('unknown')
    expect(verdict('repeatable', answered(503, said('x', 'model_not_found')))).toBe('away')
  })
})

test('a refusal carries status, words and the wished pause', () => {
  expect(classify('repeatable', answered(429, said('slow', 'rate_limit_exceeded'), 1500), read)).toEqual({
    kind: 'refused',
    cause: 'rate',
    status: 429,
    message: '429 rate_limit_exceeded: slow',
    retryAfterMs: 1500,
  })
})

test('a token that cannot be had is nobody else’s fault', () => {
  for (const effect of effects) {
    const reply = classify(
      effect,
      { kind: 'failed', at: 'token', sent: false, whole: false, lasting: false, message: 'login expired' },
      read,
    )
    expect(reply).toMatchObject({ kind: 'refused', cause: 'token', message: 'no token: login expired' })
  }
})

describe('a page in place of an answer', () => {
  test.for([200, 401, 403, 404, 500, 502, 503])(
    'with %i says nothing of key or request, but that somebody is in between',
    (status) => {
      expect(classify('repeatable', page(status), read)).toMatchObject({
        kind: 'refused',
        cause: 'away',
        layer: 'network',
        lasting: false,
        message: expect.stringMatching(
          /a page in place of an answer, from api\.example\.com \(“Just a moment\.\.\.”\)/,
        ),
      })
    },
  )

  test('leaves a call that spends unknown, unless its status says that nothing was done', () => {
    for (const status of [200, 201, 303, 405, 429, 500, 502, 503])
      expect(verdict('spends', page(status))).toBe('unknown')
    for (const status of [400, 401, 403, 404]) expect(verdict('spends', page(status))).toBe('unknown')
    expect(verdict('spends', page(301))).toBe('away')
  })

  test('is meant as it is where a gateway finds a request too large or too frequent', () => {
    expect(verdict('stores', page(413))).toBe('invalid')
    expect(verdict('repeatable', page(429))).toBe('rate')
  })
})

test('who did not answer is told: the network, or the service itself', () => {
  const layer = (exchange: Exchange): unknown => {
    const reply = classify('repeatable', exchange, read)
    return reply.kind === 'refused' && reply.cause === 'away' ? reply.layer : reply.kind
  }
  for (const network of [broke(true), broke(false), answered(302), answered(403), answered(407), page(502)])
    expect(layer(network)).toBe('network')
  for (const service of [
    answered(500, said('x')),
    answered(502),
    answered(408),
    answered(200),
    answered(404),
  ])
    expect(layer(service)).toBe('service')
})

test('a certificate that is not trusted stays so, a connection that was cut need not', () => {
  const failed = { kind: 'failed', at: 'network', sent: false, whole: false, message: 'x' } as const
  for (const lasting of [true, false])
    expect(classify('spends', { ...failed, lasting }, read)).toMatchObject({ cause: 'away', lasting })
})

test('a redirect is told with where it points, without what it carries', () => {
  const reply = classify(
    'repeatable',
    {
      ...facts,
      status: 302,
      json: undefined,
      retryAfterMs: null,
      location: 'https://login.corp.example/saml',
    },
    read,
  )
  expect(reply).toMatchObject({
    message:
      '302: api.example.com points elsewhere, to https://login.corp.example/saml; redirects are not followed',
  })
})

test('an error is found wherever a service puts it', () => {
  expect(providerError(said('m', 'c'))).toEqual({ code: 'c', type: 'invalid_request_error', message: 'm' })
  expect(providerError({ error: { code: 404, message: 'Resource not found' } })).toMatchObject({
    code: '404',
  })
  expect(providerError({ error: 'plain' })).toMatchObject({ message: 'plain' })
  expect(providerError({ detail: 'Not Found' })).toMatchObject({ message: 'Not Found' })
  expect(providerError({ object: 'error', message: 'bare', code: 400 })).toEqual({
    code: '400',
    type: '',
    message: 'bare',
  })
  for (const none of [
    undefined,
    null,
    '',
    7,
    [],
    {},
    { error: null },
    { error: {} },
    { error: '' },
    { id: 'batch' },
  ]) {
    expect(providerError(none)).toBeNull()
  }
})

test("a provider's words become one harmless line of bounded length", () => {
  expect(plainText('a\u001b[31mred\u001b[0m\r\nline\u202e')).toBe('a [31mred [0m line')
  expect(plainText('x'.repeat(10_000)).length).toBeLessThan(600)
})
