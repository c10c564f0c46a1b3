import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { encodings, packedTokens, tokenFile } from '../scripts/token-files.ts'
import { packTokens, tokenTable, unknown } from '../src/planning/tokens/token-table.ts'

describe('the token tables that travel with the package', () => {
  test.each(encodings)('%s is the published table (npm run tokens writes it)', async (encoding) => {
    const kept = await readFile(tokenFile(encoding))
    expect(kept.equals(await packedTokens(encoding))).toBe(true)
  })

  test('give the rank of the bytes of a token, and of no others', () => {
    const bytes = Buffer.from('xabcx')
    const table = tokenTable(packTokens(['a', 'b', 'ab', 'abc'].map((token) => Buffer.from(token))))
    expect(table.rank(bytes, 1, 2)).toBe(0)
    expect(table.rank(bytes, 1, 3)).toBe(2)
    expect(table.rank(bytes, 1, 4)).toBe(3)
    expect(table.rank(bytes, 2, 4)).toBe(unknown)
    expect(table.rank(bytes, 0, 1)).toBe(unknown)
  })

  test('cannot hold a token without bytes, nor one whose length is no byte', () => {
    expect(() => packTokens([new Uint8Array(0)])).toThrow(RangeError)
    expect(() => packTokens([new Uint8Array(256)])).toThrow(RangeError)
  })
})
