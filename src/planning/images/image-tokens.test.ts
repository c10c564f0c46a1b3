import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imageRefusal, imageTokens } from './image-tokens.ts'

const size = (width: number, height: number): { width: number; height: number } => ({ width, height })

describe('the tokens of an image', () => {
  // Worked examples of the guide "Images and vision", and bills that users have published.
  test.each([
    ['gpt-4o', 'high', 1_024, 1_024, 765],
    ['gpt-4o', 'high', 2_048, 4_096, 1_105],
    ['gpt-4o', 'low', 4_096, 8_192, 85],
    ['gpt-4o', 'high', 128, 64, 255],
    ['gpt-4o-mini', 'high', 128, 64, 8_500],
    ['gpt-5', 'high', 1_024, 1_024, 630],
    ['o1', 'high', 1_024, 1_024, 675],
    ['gpt-4.1-mini', 'high', 1_024, 1_024, Math.ceil(1_024 * 1.62)],
    ['gpt-4.1-nano', 'high', 1_800, 2_400, Math.ceil(1_452 * 2.46)],
    ['gpt-6-astra', 'high', 640, 480, 360],
    ['gpt-6-astra', 'low', 640, 480, 231],
    ['gpt-6-astra', 'high', 2_048, 2_048, 3_000],
    ['gpt-6-astra', 'original', 3_200, 960, 3_600],
    ['gpt-6-astra', 'high', 3_200, 960, 2_916],
    ['gpt-6-astra', 'original', 6_400, 1_440, 10_800],
    ['gpt-6-astra', 'high', 6_400, 1_440, 2_843],
    ['gpt-5.6-sol', 'auto', 4_032, 3_024, Math.ceil(126 * 95 * 1.2)],
    ['gpt-5.6-luna', null, 6_000, 4_000, Math.ceil(188 * 125 * 1.2)],
  ] as const)('of %s at %s, %d by %d, are likely %d', (model, detail, width, height, tokens) => {
    const range = imageTokens(model, detail, size(width, height))
    expect(range.likely).toBe(tokens)
    expect(range.most).toBeGreaterThanOrEqual(tokens)
  })

  test('have a highest that no way of making the image smaller goes above', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 1, max: 12_000 }))
    const rounds = fc.constantFrom(Math.floor, Math.round, Math.ceil)
    fc.assert(
      fc.property(sides, rounds, rounds, ([width, height], first, second) => {
        const scaled = (factor: number, round: (side: number) => number): readonly [number, number] => {
          const fit = (side: number): number => Math.max(1, round(side * Math.min(1, factor)))
          return [fit(width), fit(height)]
        }
        // Tiles, in whole pixels after each of the two steps.
        const [w, h] = scaled(2_048 / Math.max(width, height), first)
        const factor = Math.min(1, 768 / Math.min(w, h))
        const tiles = Math.ceil(second(w * factor) / 512) * Math.ceil(second(h * factor) / 512)
        expect(imageTokens('gpt-4o', 'high', size(width, height)).most).toBeGreaterThanOrEqual(
          85 + tiles * 170,
        )
        // Patches, of every smaller image that is within the limit.
        for (const [model, limit, multiplier] of [
          ['gpt-4.1-mini', 1_536, 1.62],
          ['gpt-5.4', 10_000, 1.2],
          ['gpt-5.6-sol', 30_000, 1.2],
        ] as const) {
          const { most, likely } = imageTokens(model, 'original', size(width, height))
          expect(likely).toBeLessThanOrEqual(most)
          for (const share of [1, 0.9, 0.5, Math.sqrt((limit * 1_024) / (width * height))]) {
            const [across, down] = scaled(share, first)
            const patches = Math.ceil(across / 32) * Math.ceil(down / 32)
            if (patches <= limit) expect(most).toBeGreaterThanOrEqual(Math.floor(patches * multiplier))
          }
        }
      }),
    )
  })

  test('are none of an image that its model refuses, which is told before it is sent', () => {
    const large = size(9_000, 9_000)
    const refusal =
      "has 79,524 squares of 32 pixels, and gpt-5.6-sol takes 30,000: attach it with detail: 'high'"
    expect(imageRefusal('gpt-5.6-sol', null, large)).toContain(refusal)
    expect(imageRefusal('gpt-5.6-sol', 'original', large)).toContain(refusal)
    expect(imageRefusal('gpt-5.6-sol', 'high', large)).toBeNull()
    expect(imageRefusal('gpt-5.6-sol', null, size(4_800, 6_400))).toBeNull()
    for (const model of ['gpt-4o', 'gpt-5.4', 'our-model'])
      expect(imageRefusal(model, null, large)).toBeNull()
  })

  test('of an unknown model, or deployment of one, are at most those of the dearest rule', () => {
    const small = size(640, 480)
    const dearest = imageTokens('gpt-4o-mini', 'high', small).most
    for (const name of ['gpt-9-nova', 'prod-7', 'gpt-5.6-nova', 'toString'])
      expect(imageTokens(name, null, small).most).toBe(dearest)
    expect(imageTokens('prod-7', null, null).most).toBe(2_833 + 8 * 5_667)
  })

  test('of an image whose size is not known are those of the largest', () => {
    expect(imageTokens('gpt-5.6-sol', null, null).most).toBe(36_000)
    expect(imageTokens('gpt-5.5', null, null).most).toBe(12_000)
    expect(imageTokens('gpt-4o', 'high', null).most).toBe(85 + 8 * 170)
    expect(imageTokens('gpt-5.6-sol', 'low', null).most).toBe(Math.ceil(256 * 1.2))
  })

  test('are those of the model by its date, its zone, its deployment and what was tuned', () => {
    const large = size(6_000, 4_000)
    for (const [name, model] of [
      ['gpt-4o-2024-11-20', 'gpt-4o'],
      ['eu/gpt-5.6-sol', 'gpt-5.6-sol'],
      ['gpt-4.1-mini-batch', 'gpt-4.1-mini'],
      ['ft:gpt-4o-mini-2024-07-18:acme::7q8mpxmy', 'gpt-4o-mini'],
    ] as const)
      expect(imageTokens(name, null, large)).toEqual(imageTokens(model, null, large))
  })
})
