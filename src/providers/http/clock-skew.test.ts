import { expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import { ClockSkew } from './clock-skew.ts'
import { openaiProvider } from '../openai/openai.ts'
import type { Provider } from '../../ports/provider/provider.ts'

const hourMs = 3_600_000
const noon = Date.UTC(2026, 10, 30, 12)
const httpDate = (ms: number): string => new Date(ms).toUTCString()

test('nothing is known before a date was told, and nothing is learned from what is none', () => {
  const skew = new ClockSkew()
  expect(skew.ms).toBeNull()
  for (const date of [undefined, '', 'soon']) skew.note(date, noon, noon)
  expect(skew.ms).toBeNull()
  expect(skew.ours(noon)).toBe(noon)
  expect(skew.ours(null)).toBeNull()
})

test('a difference that the whole seconds of a date or the way there can explain is none', () => {
  const skew = new ClockSkew()
  skew.note(httpDate(noon), noon + 900, noon + 950)
  expect(skew.ms).toBe(0)
  // An answer that took a minute may have been written at any moment of it.
  skew.note(httpDate(noon + 60_000), noon + 1_000, noon + 61_000)
  expect(skew.ms).toBe(0)
})

test('a clock that is ahead or behind is known to about a second at once, and better by and by', () => {
  for (const aheadMs of [hourMs, -hourMs, 90_000]) {
    const skew = new ClockSkew()
    skew.note(httpDate(noon + aheadMs), noon, noon + 40)
    expect(Math.abs((skew.ms ?? 0) - aheadMs)).toBeLessThan(1_000)
    for (let later = 0; later < 5_000; later += 313) {
      skew.note(httpDate(noon + aheadMs + later + 100), noon + later, noon + later + 200)
      expect(Math.abs((skew.ms ?? 0) - aheadMs)).toBeLessThan(1_000)
    }
    expect(Math.abs((skew.ms ?? 0) - aheadMs)).toBeLessThan(300)
    // A clock that is set is noticed by the first answer that contradicts what was known.
    skew.note(httpDate(noon + 20_000), noon + 20_000, noon + 20_010)
    expect(Math.abs(skew.ms ?? hourMs)).toBeLessThan(1_000)
  }
})

/** A service whose clock goes otherwise, with one batch made a minute before our noon and one two hours before. */
async function withService(aheadMs: number, act: (provider: Provider) => Promise<void>): Promise<void> {
  const at = (ms: number): number => Math.floor((ms + aheadMs) / 1000)
  const batch = (id: string, ms: number): unknown => ({
    id,
    status: 'in_progress',
    created_at: at(ms),
    expires_at: at(ms) + 86_400,
  })
  await using server = await serve((request, response) => {
    response.setHeader('date', httpDate(noon + aheadMs))
    const [young, old] = [batch('young', noon - 60_000), batch('old', noon - 2 * hourMs)]
    if (request.url?.startsWith('/v1/batches?') === true)
      json(response, 200, { data: [young, old], has_more: false })
    else if (request.url?.startsWith('/v1/files') === true)
      json(response, 200, { id: 'file-1', filename: 'a.jsonl', created_at: at(noon - 60_000) })
    else json(response, 200, young)
  })
  await act(openaiProvider({ apiKey: 'sk-test-0123456789', baseUrl: `${server.url}/v1`, now: () => noon }))
}

test.for([0, hourMs, -hourMs, 25 * hourMs])(
  'a service whose clock is %i ms ahead is told and asked for times in ours',
  async (aheadMs) => {
    await withService(aheadMs, async (provider) => {
      const near = (ms: number | null | undefined, wanted: number): void =>
        expect(Math.abs((ms ?? 0) - wanted)).toBeLessThanOrEqual(aheadMs === 0 ? 0 : 1_000)
      expect(provider.clockSkewMs()).toBeNull()
      // The very first answer is the list, so that it has to be read by what it tells itself.
      const listed = await provider.batches(noon - 90_000)
      expect(listed).toMatchObject({ kind: 'accepted', value: [{ id: 'young' }] })
      near(provider.clockSkewMs(), aheadMs)
      const found = await provider.batch('young')
      if (found.kind !== 'accepted') throw new Error(found.message)
      near(found.value.createdAtMs, noon - 60_000)
      near(found.value.expiresAtMs, noon - 60_000 + 24 * hourMs)
      const file = await provider.staged('file-1')
      if (file.kind !== 'accepted') throw new Error(file.message)
      near(file.value.createdAtMs, noon - 60_000)
    })
  },
)
