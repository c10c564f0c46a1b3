import { expect, test } from 'vitest'
import { alike } from './align-decimals.ts'

test('amounts on an axis have as many decimals each, and no more than one of them needs', () => {
  expect(alike(['$0.00', '$0.0500', '$0.10'])).toEqual(['$0.00', '$0.05', '$0.10'])
  expect(alike(['$0.00', '$0.0025', '$0.0050'])).toEqual(['$0.0000', '$0.0025', '$0.0050'])
  expect(alike(['$0.00', '$20.00'])).toEqual(['$0.00', '$20.00'])
})

test('what is no decimal number stays as it is', () => {
  expect(alike(['0', '1.5 k', '2.5'])).toEqual(['0', '1.5 k', '2.5'])
})
