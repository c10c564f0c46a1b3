import { describe, expect, test } from 'vitest'
import {
  bytesText,
  dayText,
  decimalText,
  firstBytes,
  instantText,
  readableBytes,
  wholeValue,
} from './plain-values.ts'

describe('a value as JSON has it', () => {
  test('whole numbers are numbers as long as they are exact', () => {
    expect([5n, -(2n ** 53n) + 1n, 2n ** 53n - 1n].map(wholeValue)).toEqual([5, -(2 ** 53) + 1, 2 ** 53 - 1])
    expect([2n ** 53n, -(2n ** 64n)].map(wholeValue)).toEqual(['9007199254740992', '-18446744073709551616'])
  })

  test('bytes that no row can hold are told by their number, and bytes in words are cut', () => {
    expect(readableBytes(Buffer.from('ab'))).toBe(String.raw`\x6162`)
    expect(() => readableBytes(Buffer.alloc(64 * 1024 * 1024 + 1))).toThrow('has 67,108,865 bytes')
    expect(firstBytes(Buffer.alloc(1_000))).toHaveLength(2 + 128 + 1)
  })

  test('decimals keep every digit', () => {
    expect(decimalText(125n, 2)).toBe('1.25')
    expect(decimalText(-5n, 3)).toBe('-0.005')
    expect(decimalText(0n, 2)).toBe('0.00')
    expect(decimalText(7n, 0)).toBe('7')
    expect(decimalText(7n, -2)).toBe('700')
    expect(decimalText(10n ** 37n + 1n, 1)).toBe(`1${'0'.repeat(36)}.1`)
  })

  test('instants are ISO text with as many digits as they have, also before 1970', () => {
    expect(instantText(0n, 's')).toBe('1970-01-01T00:00:00Z')
    expect(instantText(1_500n, 'ms')).toBe('1970-01-01T00:00:01.5Z')
    expect(instantText(-1n, 'us')).toBe('1969-12-31T23:59:59.999999Z')
    expect(instantText(-1_000_000n, 'us')).toBe('1969-12-31T23:59:59Z')
    expect(instantText(1n, 'ns')).toBe('1970-01-01T00:00:00.000000001Z')
    expect(instantText(10n ** 18n, 'ms')).toBe('1000000000000000000')
  })

  test('days and bytes', () => {
    expect([0, -1, 20_484].map(dayText)).toEqual(['1970-01-01', '1969-12-31', '2026-01-31'])
    expect(dayText(1e12)).toBe('1000000000000')
    expect(bytesText(new Uint8Array([0, 255]))).toBe('\\x00ff')
  })
})
