import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type KnownCosts, settlement } from './settlement.ts'

const nothing: KnownCosts = {
  linesPicoUsd: 0,
  strayPicoUsd: 0,
  repeatedPicoUsd: 0,
  untoldPicoUsd: 0,
  estimatedPicoUsd: 0,
  estimatedLines: 0,
  heldPicoUsd: 0,
  heldLines: 0,
  ownPicoUsd: 0,
  reservedPicoUsd: 1_000,
}

test('what was bought is settled, lines that nobody can use included', () => {
  expect(settlement({ ...nothing, linesPicoUsd: 300, strayPicoUsd: 50 })).toMatchObject({
    amountPicoUsd: 350,
  })
})

test("the provider's own sum counts where it is more than the lines tell", () => {
  expect(settlement({ ...nothing, linesPicoUsd: 300, ownPicoUsd: 500 })).toMatchObject({
    amountPicoUsd: 500,
    isOwnSum: true,
  })
  expect(settlement({ ...nothing, linesPicoUsd: 500, ownPicoUsd: 300 })).toMatchObject({
    amountPicoUsd: 500,
    isOwnSum: false,
  })
})

test('a line that is written twice counts once where the provider sums up, and twice where nobody does', () => {
  const twice = { ...nothing, linesPicoUsd: 300, repeatedPicoUsd: 100 }
  expect(settlement(twice).amountPicoUsd).toBe(400)
  expect(settlement({ ...twice, ownPicoUsd: 300 }).amountPicoUsd).toBe(300)
})

test('answers of unknown usage share what the own sum leaves over', () => {
  const unknown = { ...nothing, linesPicoUsd: 300 + 400, estimatedPicoUsd: 400, estimatedLines: 2 }
  expect(settlement(unknown)).toMatchObject({ amountPicoUsd: 700, estimatePicoUsd: null })
  expect(settlement({ ...unknown, ownPicoUsd: 360 })).toMatchObject({
    amountPicoUsd: 360,
    estimatePicoUsd: 30,
  })
})

test('what is not at hand is possibly paid, at its highest or by the own sum', () => {
  const held = { ...nothing, linesPicoUsd: 300, heldPicoUsd: 200, heldLines: 2 }
  expect(settlement(held)).toMatchObject({ amountPicoUsd: 500, possiblyPaidPicoUsd: 200 })
  expect(settlement({ ...held, ownPicoUsd: 420 })).toMatchObject({
    amountPicoUsd: 420,
    possiblyPaidPicoUsd: 120,
  })
  expect(settlement({ ...held, heldPicoUsd: 9_000 }), 'never more than was reserved').toMatchObject({
    amountPicoUsd: 1_000,
  })
})

test('what is taken for lines that are not used and do not tell their usage fits into what was reserved', () => {
  const stray = { ...nothing, linesPicoUsd: 600, strayPicoUsd: 700, untoldPicoUsd: 600 }
  expect(settlement(stray)).toMatchObject({ amountPicoUsd: 1_000, unbookedPicoUsd: 300 })
  expect(settlement({ ...stray, heldPicoUsd: 50, heldLines: 1 })).toMatchObject({
    amountPicoUsd: 1_000,
    possiblyPaidPicoUsd: 0,
  })
  expect(settlement({ ...stray, linesPicoUsd: 2_000 }), 'what is told is never cut').toMatchObject({
    amountPicoUsd: 2_100,
    unbookedPicoUsd: 600,
  })
})

test('never less than the lines that tell their cost, nor than the own sum', () => {
  const amount = fc.nat({ max: 1_000_000 })
  const known = fc
    .record({
      told: amount,
      strayPicoUsd: amount,
      repeatedPicoUsd: amount,
      untoldPicoUsd: fc.constant(0),
      estimatedPicoUsd: amount,
      estimatedLines: fc.nat({ max: 50 }),
      heldPicoUsd: amount,
      heldLines: fc.nat({ max: 50 }),
      ownPicoUsd: amount,
      reservedPicoUsd: amount,
    })
    .map(({ told, ...rest }) => ({
      ...rest,
      estimatedPicoUsd: rest.estimatedLines === 0 ? 0 : rest.estimatedPicoUsd,
      linesPicoUsd: told + (rest.estimatedLines === 0 ? 0 : rest.estimatedPicoUsd),
      told,
    }))
  fc.assert(
    fc.property(known, ({ told, ...costs }) => {
      const { amountPicoUsd, possiblyPaidPicoUsd } = settlement(costs)
      expect(amountPicoUsd).toBeGreaterThanOrEqual(told + costs.strayPicoUsd)
      expect(amountPicoUsd).toBeGreaterThanOrEqual(costs.ownPicoUsd)
      expect(possiblyPaidPicoUsd).toBeLessThanOrEqual(amountPicoUsd)
    }),
  )
})
