import { expect, test } from 'vitest'
import { billWords } from './bill-words.ts'

const settled = { spentMicroUsd: 1_000_000, duplicateMicroUsd: 0, reservedMicroUsd: 0 }

test('the two agree but for what is rounded off', () => {
  const bill = { costMicroUsd: 1_000_003, batches: 4, duplicateRequests: 0 }
  expect(billWords(bill, settled).agree).toBe(true)
  expect(billWords({ ...bill, costMicroUsd: 1_000_009 }, settled).agree).toBe(false)
})

test('what was paid twice is part of the bill', () => {
  const bill = { costMicroUsd: 1_200_000, batches: 4, duplicateRequests: 10 }
  expect(billWords(bill, { ...settled, duplicateMicroUsd: 200_000 }).agree).toBe(true)
})

test('a difference has its reason', () => {
  const bill = { costMicroUsd: 2_000_000, batches: 4, duplicateRequests: 0 }
  expect(billWords(bill, { ...settled, reservedMicroUsd: 5 }).words).toMatch(/on their way/)
  expect(billWords(bill, settled).words).toMatch(/somebody else/)
  expect(billWords({ ...bill, costMicroUsd: 0 }, settled).words).toMatch(/did not answer/)
})
