import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fits, neverEnqueuedReason, oversizeReason, type FileLimits, type FileSoFar } from './split.ts'

const limits: FileLimits = { maxRequests: 3, maxBytes: 100, maxTokens: 50 }
const empty: FileSoFar = { requests: 0, bytes: 0, tokens: 0 }

describe('fits', () => {
  test('fills a file to the last byte and not one more', () => {
    expect(fits({ requests: 1, bytes: 60, tokens: 0 }, { bytes: 40, tokens: 1 }, limits)).toBe('add')
    expect(fits({ requests: 1, bytes: 60, tokens: 0 }, { bytes: 41, tokens: 1 }, limits)).toBe('close')
  })

  test('closes at the number of requests', () => {
    expect(fits({ requests: 2, bytes: 2, tokens: 2 }, { bytes: 1, tokens: 1 }, limits)).toBe('add')
    expect(fits({ requests: 3, bytes: 3, tokens: 3 }, { bytes: 1, tokens: 1 }, limits)).toBe('close')
  })

  test('closes at the token window, and only where there is one', () => {
    const full: FileSoFar = { requests: 1, bytes: 1, tokens: 40 }
    expect(fits(full, { bytes: 1, tokens: 10 }, limits)).toBe('add')
    expect(fits(full, { bytes: 1, tokens: 11 }, limits)).toBe('close')
    expect(fits(full, { bytes: 1, tokens: 999 }, { ...limits, maxTokens: null })).toBe('add')
  })

  test('refuses a line that fits into no file, and says by how much', () => {
    expect(fits(empty, { bytes: 101, tokens: 1 }, limits)).toBe('oversize')
    expect(oversizeReason({ bytes: 1_101 }, limits)).toBe('the request is 1,101 bytes, a file takes 100')
    expect(oversizeReason({ bytes: 100 }, limits)).toBeNull()
  })

  test('gives a line that may be above the token window a file of its own, as its tokens are not counted yet', () => {
    const large = { bytes: 1, tokens: 51 }
    expect(fits(empty, large, limits)).toBe('add')
    expect(fits({ requests: 1, bytes: 1, tokens: 1 }, large, limits)).toBe('close')
    expect(fits({ requests: 1, ...large }, { bytes: 1, tokens: 0 }, limits)).toBe('close')
    expect(neverEnqueuedReason(51, 50)).toBe('the request is 51 tokens, at most 50 can be enqueued')
  })

  test('never fills a file beyond a limit and never closes an empty one', () => {
    const line = fc.record({ bytes: fc.integer({ min: 1, max: 120 }), tokens: fc.nat(60) })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        let file = empty
        for (const next of lines) {
          const decision = fits(file, next, limits)
          expect(decision === 'close' && file.requests === 0).toBe(false)
          if (decision === 'oversize') continue
          const base = decision === 'close' ? empty : file
          file = {
            requests: base.requests + 1,
            bytes: base.bytes + next.bytes,
            tokens: base.tokens + next.tokens,
          }
          expect(file.requests).toBeLessThanOrEqual(limits.maxRequests)
          expect(file.bytes).toBeLessThanOrEqual(limits.maxBytes)
          if (file.requests > 1) expect(file.tokens).toBeLessThanOrEqual(50)
        }
      }),
    )
  })
})
