import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { listedKey, typedKey } from '../../dashboard/src/format/record-key.ts'
import * as domain from '../../src/domain/record-key.ts'

test('the pages show keys as the command line reads them', () => {
  const odd = 'a|b|/|\\|,| |@|\u0000|\u0010|\u001f|\\u0000|\\u002c'
  const part = fc
    .array(fc.oneof(fc.constantFrom(...odd.split('|')), fc.string()), {
      minLength: 1,
      maxLength: 4,
    })
    .map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      const key = domain.keyOf(parts)
      expect(typedKey(key)).toBe(domain.typedKey(key))
      expect(listedKey(key)).toBe(domain.listedKey(key))
    }),
  )
})
