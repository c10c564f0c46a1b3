import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Article, articleFile, type Place, readAll } from '../../../test/support/articles.ts'
import type { Chunk, ReadOptions, Source, SourceRecord } from '../../ports/source.ts'
import { jsonl } from '../row-files/jsonl-source.ts'

async function recordsOf<Row>(
  source: Source<Row>,
  { context }: Place,
  options: Partial<ReadOptions> = {},
): Promise<SourceRecord<Row>[]> {
  await using reader = await source.open(context)
  return await readAll(reader, options)
}

async function keysOf(source: Source<unknown>, place: Place): Promise<readonly string[]> {
  return (await recordsOf(source, place)).map(({ key }) => key.replaceAll('\u001f', '/'))
}

const locales = ['en', 'de', 'fr'] as const
const ten = Array.from({ length: 10 }, (_, index) => index + 1)

describe('a chain of steps', () => {
  test('filters, limits and divides records, which know what they are part of', async () => {
    await using place = await articleFile(ten)
    const source = place.source
      .filter(({ body }) => body !== '')
      .limitPer('topic', 1)
      .flatMap((row) => locales.map((locale) => ({ ...row, locale })))
      .key('id', 'locale')
      .limit(5)
    expect(source.keyFields).toEqual(['id', 'locale'])
    expect(source.describe).toBe('in.jsonl · filtered · the first 1 of each topic · in parts · the first 5')
    const records = await recordsOf(source, place)
    expect(
      records.map((record) => (record.problem === undefined ? [record.key, record.part] : null)),
    ).toEqual([
      ['1\u001fen', { of: '1', index: 0, count: 3 }],
      ['1\u001fde', { of: '1', index: 1, count: 3 }],
      ['1\u001ffr', { of: '1', index: 2, count: 3 }],
      ['2\u001fen', { of: '2', index: 0, count: 3 }],
      // The limit cuts in here; the part still says of how many it is.
      ['2\u001fde', { of: '2', index: 1, count: 3 }],
    ])
  })

  test('counts the first n per value, of a field without value too, and no limit is none', async () => {
    await using place = await articleFile(ten)
    expect(await keysOf(place.source.limitPer('topic', 2), place)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
    ])
    expect(await keysOf(place.source.limitPer('topic', 0), place)).toEqual([])
    expect(place.source.limitPer('topic', undefined)).toBe(place.source)
    const none = place.source.flatMap((row) => [{ ...row, topic: row.id % 2 ? null : undefined }])
    expect(await keysOf(none.limitPer('topic', 3), place)).toEqual(['1/0', '2/0', '3/0'])
    const large = place.source.flatMap(({ id }) => [{ id, group: BigInt(id % 2) }])
    expect(await keysOf(large.limitPer('group', 1), place)).toEqual(['1/0', '2/0'])
  })

  test('shows later steps nothing of a record that a limit leaves out as a whole', async () => {
    await using place = await articleFile(ten)
    const seen: number[] = []
    const source = place.source.limitPer('topic', 1).flatMap((row) => {
      seen.push(row.id)
      return [row]
    })
    expect(await keysOf(source, place)).toEqual(['1/0', '2/0', '3/0', '4/0'])
    expect(seen).toEqual([1, 2, 3, 4])
  })

  test('counts nested parts over all that comes of the record of the source', async () => {
    await using place = await articleFile([1, 2])
    const source = place.source
      .flatMap(({ id }) => [
        { id, half: 'a' },
        { id, half: 'b' },
      ])
      .flatMap((row) => (row.half === 'a' ? [1, 2] : [3]).map((n) => ({ ...row, n })))
    expect(source.keyFields).toEqual(['id', 'part', 'part'])
    expect(await recordsOf(source.limit(4), place)).toEqual([
      { key: '1\u001f0\u001f0', row: { id: 1, half: 'a', n: 1 }, part: { of: '1', index: 0, count: 3 } },
      { key: '1\u001f0\u001f1', row: { id: 1, half: 'a', n: 2 }, part: { of: '1', index: 1, count: 3 } },
      { key: '1\u001f1\u001f0', row: { id: 1, half: 'b', n: 3 }, part: { of: '1', index: 2, count: 3 } },
      { key: '2\u001f0\u001f0', row: { id: 2, half: 'a', n: 1 }, part: { of: '2', index: 0, count: 3 } },
    ])
  })

  test('puts chunks in place of the text, and makes nothing of an empty one', async () => {
    await using place = await articleFile([5, 8])
    const source = place.source.chunk({ field: 'body', tokens: 20, overlap: 0.2 })
    const records = await recordsOf(source, place)
    expect(records.map(({ key }) => key)).toEqual(['8\u001f0', '8\u001f1', '8\u001f2', '8\u001f3'])
    expect(records[1]).toEqual({
      key: '8\u001f1',
      row: { id: 8, topic: 't0', chunk: { index: 1, count: 4, text: expect.stringContaining('Line 8') } },
      part: { of: '8', index: 1, count: 4 },
    })
  })

  test('makes a problem of what a step throws or gives wrongly, for that record alone', async () => {
    await using place = await articleFile([1, 2, 3], true)
    const problems = async (source: Source<unknown>): Promise<unknown> =>
      (await recordsOf(source, place)).map(({ key, problem }) => [key, problem])
    const broken = ['(line 3)', expect.stringContaining('Line 3 is not JSON')]
    const stop = (row: Article): boolean => {
      if (row.id === 2) throw new Error('no 2, please')
      return true
    }
    expect(await problems(place.source.filter(stop))).toEqual([
      ['1', undefined],
      ['2', 'filter threw: no 2, please'],
      broken,
      ['3', undefined],
    ])
    expect(await problems(place.source.filter((row) => JSON.parse(row.id === 1 ? '1' : 'true')))).toEqual([
      ['1', 'filter must give true or false, not number'],
      ['2', undefined],
      broken,
      ['3', undefined],
    ])
    expect(
      await problems(
        place.source.flatMap((row) => JSON.parse(`[${row.id}]`)).flatMap(() => JSON.parse('{}')),
      ),
    ).toEqual([
      ['1\u001f0', 'flatMap must give an array of rows'],
      ['2\u001f0', 'flatMap must give an array of rows'],
      broken,
      ['3\u001f0', 'flatMap must give an array of rows'],
    ])
    const keyless = place.source.flatMap((row) => [{ ...row, locale: row.id === 1 ? '' : 'en' }])
    expect(await problems(keyless.key('id', 'locale'))).toEqual([
      ['1\u001f0', 'there is no usable key: "locale" must be a text or a number'],
      ['2\u001fen', undefined],
      broken,
      ['3\u001fen', undefined],
    ])
    const moved = place.source.flatMap((row) => [{ ...row, id: row.id + 10 }])
    expect(await problems(moved.key('id', 'topic'))).toEqual([
      ['1\u001f0', expect.stringContaining('it was 1 and is 11')],
      ['2\u001f0', expect.stringContaining('it was 2 and is 12')],
      broken,
      ['3\u001f0', expect.stringContaining('it was 3 and is 13')],
    ])
    await using reader = await moved.key('id', 'topic').open(place.context)
    await expect(reader.check()).rejects.toMatchObject({
      code: 'E_SOURCE_ROW',
      message: expect.stringContaining('it was 1 and is 11'),
    })
  })

  test('finds derived keys, by the key of the source where they begin with it and else by reading all', async () => {
    await using place = await articleFile(ten)
    const parts = place.source.flatMap((row) => locales.map((locale) => ({ ...row, locale })))
    const only = ['9\u001fde', '3\u001ffr', '3\u001fxx', '77\u001fen']
    const found = await recordsOf(parts.key('id', 'locale').limit(2), place, { only })
    expect(found.map(({ key }) => key)).toEqual(['3\u001ffr', '9\u001fde'])
    const turned = await recordsOf(parts.key('locale', 'id'), place, { only: ['de\u001f9', 'fr\u001f3'] })
    expect(turned.map(({ key }) => key)).toEqual(['fr\u001f3', 'de\u001f9'])
    expect(turned[0]).toMatchObject({ part: { of: '3', index: 2, count: 3 } })
  })

  test('counts, estimates and samples what comes out of it', async () => {
    await using place = await articleFile(Array.from({ length: 3_000 }, (_, index) => index + 1))
    const facts = async (source: Source<unknown>): Promise<readonly unknown[]> => {
      await using reader = await source.open(place.context)
      const sample = await reader.sample(100)
      expect(await reader.sample(100)).toEqual(sample)
      return [await reader.count(), await reader.estimate?.(), sample.length]
    }
    const { source } = place
    const parts = source.flatMap((row) => locales.map((locale) => ({ ...row, locale })))
    expect(await facts(source.key('topic'))).toEqual([3_000, 3_000, 100])
    expect(await facts(parts)).toEqual([null, 9_000, 100])
    const [, odd] = await facts(source.filter(({ id }) => id % 2 === 1))
    expect(odd).toBeGreaterThan(1_300)
    expect(odd).toBeLessThan(1_700)
    expect(await facts(parts.limit(70))).toEqual([null, 70, 70])
    expect(await facts(parts.limitPer('topic', 100))).toEqual([null, 400, 100])
    // So few are left that a sample of the usual size would have hardly any.
    const [, rare, sampled] = await facts(source.filter(({ id }) => id % 100 === 1))
    expect(rare).toBe(30)
    expect(sampled).toBeGreaterThan(15)
    await using reader = await parts.open(place.context)
    const seen = new Set((await reader.sample(100)).map(({ key }) => key.split('\u001f')[1]))
    expect(seen).toEqual(new Set(['0', '1', '2']))
  })

  test('refuses limits and chunks that make no sense, and more values than can be counted', async () => {
    await using place = await articleFile(ten)
    const { source } = place
    expect(() => source.limit(-1)).toThrow(/limit takes a whole number of records, not -1/)
    expect(() => source.limitPer('id', 1.5)).toThrow(/limitPer takes a whole number/)
    expect(() => source.chunk({ field: 'body', tokens: 0 })).toThrow(/whole number of tokens/)
    expect(() => source.chunk({ field: 'body', tokens: 9, overlap: 0.95 })).toThrow(/from 0 to 0.9/)
    const many = source.flatMap((row) =>
      Array.from({ length: 20_000 }, (_, index) => ({ value: row.id * 20_000 + index })),
    )
    await expect(recordsOf(many.limitPer('value', 1), place)).rejects.toMatchObject({
      code: 'E_SOURCE_ROW',
      message: expect.stringContaining('100,000'),
    })
  })

  test('has the row types of its steps', async () => {
    await using place = await articleFile([1])
    const { source } = place
    const parts = source.flatMap((row) => locales.map((locale) => ({ ...row, locale })))
    expectTypeOf(
      source
        .filter(() => true)
        .limitPer('topic', 1)
        .limit(2),
    ).toEqualTypeOf<Source<Article>>()
    expectTypeOf(parts).toEqualTypeOf<
      Source<{ id: number; topic: string; body: string; locale: 'en' | 'de' | 'fr' }>
    >()
    expectTypeOf(parts.key('id', 'locale')).toEqualTypeOf<typeof parts>()
    expectTypeOf(source.chunk({ field: 'body', tokens: 5 })).toEqualTypeOf<
      Source<Omit<Article, 'body'> & { readonly chunk: Chunk }>
    >()
    const untyped: Source<Record<string, unknown>> = jsonl.rows({ file: 'a', key: 'id' })
    expect(untyped.key('anything').chunk({ field: 'some', tokens: 1 }).keyFields).toEqual([
      'anything',
      'chunk',
    ])
    const anywhere: Source<unknown> = parts
    expect(anywhere.kind).toBe('jsonl')
  })
})
