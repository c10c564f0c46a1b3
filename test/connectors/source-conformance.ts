import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { keyOf } from '../../src/domain/record-key.ts'
import { keyOfTyped, typedKey } from '../../src/wording/typed-key.ts'
import type { StandardSchema } from '../../src/domain/standard-schema.ts'
import type { ConnectorContext, Source } from '../../src/ports/source.ts'
import { all, expectAnySplit, keys, readAll } from '../support/reading.ts'

export interface TestRow {
  readonly id: number
  readonly part: string
  readonly body: string
}

/** Some rows in a medium, and the source that reads them. */
export interface OpenedRows extends AsyncDisposable {
  readonly context: ConnectorContext
  source<Row>(key: string | readonly string[], row: StandardSchema<unknown, Row>): Source<Row>
  /** Makes what was read look changed; null where a source goes on by key whatever happens. */
  readonly change: (() => Promise<void>) | null
}

export interface SourceKit {
  readonly name: string
  /** `key`: reads by key, tells repeated keys, looks up by key. `file`: reads in the order of the file. */
  readonly order: 'key' | 'file'
  readonly open: (rows: readonly TestRow[]) => Promise<OpenedRows>
}

const row = z.object({ id: z.coerce.number(), part: z.string(), body: z.string() })

function makeRows(count: number, bodyLength: (index: number) => number = () => 5): TestRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    part: ['a', 'b', 'c'][index % 3] ?? 'a',
    body: 'é"\n,x'.repeat(1 + bodyLength(index) / 5),
  }))
}

const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

/** What every source of rows promises, whatever it reads. */
export function sourceConformance({ name, order, open }: SourceKit): void {
  describe(`rows of ${name}`, () => {
    test('arrive all, once, in order, as they are, and are counted', async () => {
      const rows = makeRows(1_500)
      await using opened = await open(rows)
      await using reader = await opened.source('id', row).open(opened.context)
      await reader.check()
      expect(await reader.count()).toBe(1_500)
      const records = await readAll(reader)
      expect(keys(records)).toEqual(ids(1, 1_500))
      expect(records.map((record) => (record.problem === undefined ? record.row : null))).toEqual(rows)
      expect(keys(await readAll(reader, { order: 'given' }))).toEqual(ids(1, 1_500))
    })

    test('come in pages, whose number grows with the data and not their size', async () => {
      await using opened = await open(makeRows(300, () => 20_000))
      await using reader = await opened.source('id', row).open(opened.context)
      const pages = await Array.fromAsync(reader.read(all))
      expect(pages.length).toBeGreaterThan(2)
      expect(Math.max(...pages.map(({ records }) => records.length))).toBeLessThan(150)
      expect(pages.flatMap(({ records }) => keys(records))).toEqual(ids(1, 300))
    })

    test('continue behind any record of any page, in any split', async () => {
      await using opened = await open(makeRows(90, (index) => (index * 997) % 30_000))
      for (const key of ['id', ['part', 'id']]) {
        await using reader = await opened.source(key, row).open(opened.context)
        const whole = keys(await readAll(reader))
        expect(new Set(whole).size).toBe(90)
        const steps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 5 })
        await expectAnySplit(reader, whole, steps, 4)
      }
    })

    test('are limited by the source and by the reading, also over a resumption', async () => {
      await using opened = await open(makeRows(100))
      const source = opened.source('id', row).limit(80).limit(90)
      await using reader = await source.open(opened.context)
      expect(await reader.count()).toBe(80)
      expect(keys(await readAll(reader))).toEqual(ids(1, 80))
      expect(keys(await readAll(reader, { limit: 2 }))).toEqual(['1', '2'])
      expect(keys(await readAll(reader, { limit: 2, order: 'given' }))).toEqual(['1', '2'])
      expect(await readAll(reader, { limit: 0 })).toEqual([])
      const last = (await Array.fromAsync(reader.read({ ...all, limit: 50 }))).at(-1)
      const after = last?.cursorAt(last.records.length - 1) ?? null
      expect(keys(await readAll(reader, { after }))).toEqual(ids(51, 80))
      expect(keys(await readAll(reader, { after, limit: 3 }))).toEqual(ids(51, 53))
      expect(() => source.limit(-1)).toThrow('whole number')
    })

    test('can be taken by key, one or composite, wherever they are', async () => {
      await using opened = await open(makeRows(100))
      await using reader = await opened.source('id', row).limit(50).open(opened.context)
      expect(keys(await readAll(reader, { only: ['3', '99', '40', '777', '03'] }))).toEqual(['3', '40', '99'])
      expect(await readAll(reader, { only: [] })).toEqual([])
      await using parts = await opened.source(['part', 'id'], row).open(opened.context)
      const only = ['c\u001f3', 'a\u001f1', 'a\u001f2']
      expect(new Set(keys(await readAll(parts, { only })))).toEqual(new Set(['a\u001f1', 'c\u001f3']))
    })

    test('have a key of their own, whatever texts it is made of', async () => {
      const texts = [
        ['a/b', 'c'],
        ['a', 'b/c'],
        ['x\u001fy', 'z'],
        ['x', 'y\u001fz'],
        ['\u0010', '001f'],
        ['\u0010001f', '\u001f'],
        ['"', "'\\"],
        ['"\\', "'"],
        ['a,b', '%_?*'],
        ['😀', 'null'],
      ]
      const rows = texts.map(([part = '', body = ''], index) => ({ id: index + 1, part, body }))
      await using opened = await open(rows)
      await using reader = await opened.source(['part', 'body'], row).open(opened.context)
      const records = await readAll(reader)
      const own = new Map(rows.map(({ part, body, id }) => [keyOf([part, body]), id]))
      expect(own.size).toBe(rows.length)
      expect(new Map(records.map((one) => [one.key, one.problem ?? one.row.id]))).toEqual(own)
      for (const [key, id] of own) {
        const typed = keyOfTyped(typedKey(key), 2)
        const found = await readAll(reader, { only: [typed] })
        expect(found.map((one) => one.problem ?? one.row.id)).toEqual([id])
        if (reader.reread) expect((await reader.reread([typed])).get(typed)?.id).toBe(id)
      }
      expect(keys(await reader.sample(100)).toSorted()).toEqual([...own.keys()].toSorted())
    })

    test('give the same sample again, from all over', async () => {
      await using opened = await open(makeRows(1_000))
      await using reader = await opened.source('id', row).open(opened.context)
      const sample = await reader.sample(100)
      expect(sample.length).toBeGreaterThanOrEqual(80)
      expect(sample.length).toBeLessThanOrEqual(120)
      expect(await reader.sample(100)).toEqual(sample)
      expect(Math.min(...keys(sample).map(Number))).toBeLessThan(150)
      expect(Math.max(...keys(sample).map(Number))).toBeGreaterThan(850)
      expect(await reader.sample(5_000)).toHaveLength(1_000)
    })

    test('that do not fit the schema become problems at their key, and the rest continues', async () => {
      await using opened = await open(makeRows(9))
      const odd = row.refine(({ id }) => id % 3 !== 0, 'is divisible')
      await using reader = await opened.source('id', odd).open(opened.context)
      await reader.check()
      const records = await readAll(reader)
      expect(keys(records)).toEqual(ids(1, 9))
      expect(keys(records.filter(({ problem }) => problem !== undefined))).toEqual(['3', '6', '9'])
      expect(records[2]?.problem).toContain('is divisible')
      await using none = await opened.source('id', z.object({ title: z.string() })).open(opened.context)
      await expect(none.check()).rejects.toMatchObject({
        code: 'E_SOURCE_ROW',
        message: expect.stringContaining('title'),
      })
    })

    test('are refused before anything is read when the key is not there', async () => {
      await using opened = await open(makeRows(3))
      await using reader = await opened.source('ident', row).open(opened.context)
      await expect(reader.check()).rejects.toMatchObject({ code: 'E_SOURCE_KEY' })
      expect(() => opened.source([], row)).toThrow('needs `key`')
    })

    test('with a key that another row has too are none of them lost', async () => {
      const twice = [...makeRows(3), { id: 3, part: 'z', body: 'again' }]
      await using opened = await open(twice)
      await using reader = await opened.source('id', row).open(opened.context)
      expect(keys(await readAll(reader))).toEqual(['1', '2', '3', order === 'key' ? '3 (again 1)' : '3'])
    })

    test('may be none at all', async () => {
      await using opened = await open([])
      await using reader = await opened.source('id', row).open(opened.context)
      await reader.check()
      expect(await reader.count()).toBe(0)
      expect(await readAll(reader)).toEqual([])
      expect(await reader.sample(10)).toEqual([])
    })

    test(order === 'key' ? 'can be looked up again by key' : 'are not looked up again', async () => {
      await using opened = await open(makeRows(50))
      await using reader = await opened.source('id', row).open(opened.context)
      const now = (await reader.reread?.(['7', '3', '99'])) ?? null
      if (order === 'file') expect(now).toBeNull()
      else
        expect([...(now ?? [])].map(([key, { id }]) => [key, id])).toEqual(
          expect.arrayContaining([
            ['3', 3],
            ['7', 7],
          ]),
        )
      expect(now?.size ?? 2).toBe(2)
    })

    test('are read to the end, or the reading says that they have changed', async () => {
      await using opened = await open(makeRows(20))
      await using reader = await opened.source('id', row).open(opened.context)
      const [page] = await Array.fromAsync(reader.read(all))
      const after = page?.cursorAt(9) ?? null
      await opened.change?.()
      const rest = readAll(reader, { after })
      if (opened.change) await expect(rest).rejects.toMatchObject({ code: 'E_SOURCE_CHANGED' })
      else expect(keys(await rest)).toEqual(ids(11, 20))
    })

    test('that change while they are read are not given, once one page of them is', async () => {
      await using opened = await open(makeRows(300, () => 20_000))
      await using reader = await opened.source('id', row).open(opened.context)
      const found: string[] = []
      const read = async (): Promise<void> => {
        for await (const { records } of reader.read(all)) {
          if (found.length === 0) await opened.change?.()
          found.push(...keys(records))
        }
      }
      if (!opened.change) {
        await read()
        return expect(found).toEqual(ids(1, 300))
      }
      await expect(read()).rejects.toMatchObject({
        code: 'E_SOURCE_CHANGED',
        message: expect.stringContaining('has changed while it was read'),
      })
      expect(found).toEqual(ids(1, found.length))
    })
  })
}
