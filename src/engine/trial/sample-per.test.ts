import { expect, test } from 'vitest'
import { OffpeakError } from '../../domain/errors.ts'
import type { SourceRecord } from '../../ports/source.ts'
import { sampleKeysPer } from './sample-per.ts'

const reader = (
  records: readonly SourceRecord<unknown>[],
): { sample: () => Promise<readonly SourceRecord<unknown>[]> } => ({
  sample: () => Promise.resolve(records),
})

/** Two pianos and three drums in three locales each. */
const products = ['piano-1', 'piano-2', 'drum-1', 'drum-2', 'drum-3'].flatMap((sku) =>
  ['de', 'en', 'fr'].map((locale, index): SourceRecord<unknown> => ({
    key: `${sku}/${locale}`,
    row: { kind: sku.split('-')[0], locale },
    part: { of: sku, index, count: 3 },
  })),
)

test('every value of the field gets as many records, of different records and in different parts', async () => {
  expect(await sampleKeysPer(reader(products), 'kind', 2)).toEqual([
    'piano-1/de',
    'piano-2/en',
    'drum-1/en',
    'drum-2/fr',
  ])
})

test('where there are too few records, more of their parts are taken, each once', async () => {
  const keys = await sampleKeysPer(reader(products), 'kind', 5)
  expect(keys.filter((key) => key.startsWith('piano'))).toEqual([
    'piano-1/de',
    'piano-2/en',
    'piano-1/en',
    'piano-2/fr',
    'piano-1/fr',
  ])
  const all = await sampleKeysPer(reader(products), 'kind', 100)
  expect(all.toSorted()).toEqual(products.map(({ key }) => key).toSorted())
})

test('no value is a value too, and records that cannot be used are left out', async () => {
  const records: readonly SourceRecord<unknown>[] = [
    { key: '1', row: { kind: 'a' } },
    { key: '2', row: { kind: null } },
    { key: '3', row: {} },
    { key: '4', problem: 'broken' },
    { key: '5', row: { kind: 12n } },
  ]
  expect(await sampleKeysPer(reader(records), 'kind', 1)).toEqual(['1', '2', '5'])
})

test('a field that no row has is refused with the names of those there are', async () => {
  const refused = await sampleKeysPer(reader(products), 'colour', 1).catch((thrown: unknown) => thrown)
  expect(refused).toBeInstanceOf(OffpeakError)
  expect(refused).toMatchObject({ code: 'E_USAGE', fix: 'the fields are kind, locale' })
})
