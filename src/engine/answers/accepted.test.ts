import { expect, test } from 'vitest'
import { OffpeakError } from '../../domain/errors.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { accepted } from './accepted.ts'

const refused = { kind: 'refused', status: null, retryAfterMs: null, message: 'no' } as const

test.for([
  [{ ...refused, cause: 'token' }, 'E_CREDENTIALS', 'token callback'],
  [{ ...refused, cause: 'auth' }, 'E_CREDENTIALS', 'offpeak doctor'],
  [{ ...refused, cause: 'rate' }, 'E_PROVIDER_AWAY', 'again in a while'],
  [{ ...refused, cause: 'gone' }, 'E_PROVIDER_REFUSED', null],
  [{ kind: 'unknown', message: 'cut' }, 'E_PROVIDER_AWAY', 'again in a while'],
] as const satisfies readonly (readonly [Reply<never>, string, string | null])[])(
  'a call that a person waits for and that came to %j is told as %s',
  ([reply, code, fix]) => {
    let thrown: unknown = null
    try {
      accepted({ name: 'azure' }, reply, 'listing its batches')
    } catch (failure) {
      thrown = failure
    }
    expect(thrown).toBeInstanceOf(OffpeakError)
    expect(thrown).toMatchObject({ code, message: expect.stringContaining('azure: listing its batches') })
    expect(thrown).toHaveProperty('fix', fix === null ? null : expect.stringContaining(fix))
  },
)

test('what was accepted is given as it is', () => {
  expect(accepted({ name: 'azure' }, { kind: 'accepted', value: 7 }, 'counting')).toBe(7)
})
