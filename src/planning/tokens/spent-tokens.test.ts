import { expect, test } from 'vitest'
import { cutReason, emptyReason } from './spent-tokens.ts'

const spent = (limit: number | null, outputTokens: number | null, reasoningTokens: number | null): string =>
  cutReason({ limit, outputTokens, reasoningTokens })

test('an answer that was cut says at which limit, and how much of it was reasoning', () => {
  expect(spent(60, 60, 60)).toBe('cut at the output limit of 60 tokens; all 60 were reasoning')
  expect(spent(60, 58, 58)).toBe('cut at the output limit of 60 tokens; all of its tokens were reasoning')
  expect(spent(60, 60, 31)).toBe('cut at the output limit of 60 tokens; most of its tokens were reasoning')
  expect(spent(60, 60, 8)).toBe('cut at the output limit of 60 tokens')
  expect(spent(60, 60, null)).toBe('cut at the output limit of 60 tokens')
  expect(spent(60, null, null)).toBe('cut at the output limit of 60 tokens')
  expect(spent(null, 60, 60)).toBe('cut at the output limit; all of its tokens were reasoning')
  expect(cutReason(null)).toBe('cut at the output limit')
})

test('an answer that was cut well before the limit does not blame the limit', () => {
  expect(spent(60, 20, 0)).toBe('cut, although the output limit of 60 tokens was not reached')
})

test('an empty answer says what its tokens went into', () => {
  expect(emptyReason(null)).toBe('the answer is empty')
  expect(emptyReason({ limit: 1000, outputTokens: 512, reasoningTokens: 512 })).toBe(
    'the answer is empty; all of its tokens were reasoning',
  )
  expect(emptyReason({ limit: 1000, outputTokens: 0, reasoningTokens: 0 })).toBe('the answer is empty')
})
