import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccountRoom, accountsWithRoom, roomShortage } from './choose-account.ts'

const now = 1_000
const room: fc.Arbitrary<AccountRoom> = fc.record({
  limitTokens: fc.option(fc.integer({ min: 1, max: 1_000 })),
  usedTokens: fc.integer({ min: 0, max: 1_000 }),
  maxBatches: fc.option(fc.integer({ min: 1, max: 5 })),
  usedBatches: fc.integer({ min: 0, max: 5 }),
  notBefore: fc.constantFrom(0, now, now + 1),
})
const rooms = fc.array(room, { minLength: 1, maxLength: 5 })
const size = fc.integer({ min: 1, max: 1_200 })

function takes({ limitTokens, usedTokens, maxBatches, usedBatches }: AccountRoom, tokens: number): boolean {
  return usedTokens + tokens <= (limitTokens ?? Infinity) && usedBatches < (maxBatches ?? Infinity)
}

test('a file goes to accounts that take it now, to all of them, and to none else', () => {
  fc.assert(
    fc.property(rooms, size, (accounts, tokens) => {
      const found = accountsWithRoom(accounts, tokens, now)
      const wanted = accounts.flatMap((each, at) =>
        takes(each, tokens) && each.notBefore <= now ? [at] : [],
      )
      expect(new Set(found)).toEqual(new Set(wanted))
    }),
  )
})

test('of accounts whose limits are known, the one with more free tokens comes first', () => {
  fc.assert(
    fc.property(rooms, size, (accounts, tokens) => {
      const free = accountsWithRoom(accounts, tokens, now).flatMap((at) => {
        const { limitTokens = null, usedTokens = 0 } = accounts[at] ?? {}
        return limitTokens === null ? [] : [limitTokens - usedTokens]
      })
      expect(free).toEqual(free.toSorted((one, other) => other - one))
    }),
  )
})

test('either an account has room, or will have by itself, or it is told what is short of them', () => {
  fc.assert(
    fc.property(rooms, size, (accounts, tokens) => {
      const short = roomShortage(accounts, tokens)
      expect(short === null).toBe(accounts.some((each) => takes(each, tokens)))
      if (short === null) return
      const largest = Math.max(...accounts.map(({ limitTokens }) => limitTokens ?? Infinity))
      const canEver = largest >= tokens
      // A file is split for want of room only where no account can ever take it.
      if (short.short === 'tokens') expect(short.limit >= tokens).toBe(canEver)
      else expect(canEver).toBe(true)
    }),
  )
})

test('files of one size are spread evenly over accounts of which no limit is known', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 30 }),
      size,
      (count, files, tokens) => {
        const accounts = Array.from({ length: count }, () => ({
          limitTokens: null,
          usedTokens: 0,
          maxBatches: null,
          usedBatches: 0,
          notBefore: 0,
        }))
        for (let file = 0; file < files; file += 1) {
          const [best = -1] = accountsWithRoom(accounts, tokens, now)
          const account = accounts[best]
          if (account === undefined) throw new Error('no account has room')
          account.usedTokens += tokens
          account.usedBatches += 1
        }
        const used = accounts.map(({ usedBatches }) => usedBatches)
        expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(1)
      },
    ),
  )
})
