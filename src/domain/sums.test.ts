import { describe, expect, test } from 'vitest'
import { addSums, parseSums } from './sums.ts'

describe('sums', () => {
  test('reads the numbers of a JSON object and nothing else', () => {
    expect(parseSums('{"lines":3,"note":"x","cost":1.5}')).toEqual({ lines: 3, cost: 1.5 })
    expect(parseSums('null')).toEqual({})
  })

  test('adds by name and leaves its input alone', () => {
    const before = { lines: 1 }
    expect(addSums(before, { lines: 2, late: 1 })).toEqual({ lines: 3, late: 1 })
    expect(before).toEqual({ lines: 1 })
  })
})
