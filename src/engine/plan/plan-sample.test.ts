import { describe, expect, test } from 'vitest'
import type { SourceReader, SourceRecord } from '../../ports/source.ts'
import { type Look, samplePlan } from './plan-sample.ts'

const everything = { limit: null, only: null }

interface Known {
  readonly count: number | null
  readonly estimate?: number | null
}

/** So many records in pages of a hundred, of which three each are parts of one. */
function reader(total: number, known: Known): SourceReader<number> {
  const records = Array.from({ length: total }, (_, row): SourceRecord<number> => {
    const of = String(Math.floor(row / 3))
    return { key: `${row}`, row, part: { of, index: row % 3, count: 3 } }
  })
  const { estimate } = known
  return {
    check: () => Promise.resolve(),
    count: () => Promise.resolve(known.count),
    ...(estimate === undefined ? {} : { estimate: () => Promise.resolve(estimate) }),
    sample: (size) => Promise.resolve(records.slice(0, size)),
    async *read({ limit, only }) {
      const wanted = records.filter(({ key }) => only?.includes(key) ?? true).slice(0, limit ?? total)
      for (let at = 0; at < wanted.length; at += 100)
        yield { records: wanted.slice(at, at + 100), mark: null, cursorAt: String }
    },
    reread: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** Every record is a request of its own. */
function sendAll(): Look {
  let sent = 0
  return (records, limit) => {
    const looked = Math.min(records.length, (limit ?? Infinity) - sent)
    sent += looked
    return Promise.resolve(looked)
  }
}

describe('the sample of a plan', () => {
  test.each<readonly [string, number, Known]>([
    ['a small selection', 900, { count: 900 }],
    ['a selection that nobody can count', 900, { count: null }],
    ['one that is estimated to be small', 900, { count: null, estimate: 1_000 }],
    ['one that is larger than it was estimated', 1_500, { count: null, estimate: 700 }],
  ])('is all of %s', async (_, total, known) => {
    const { looked, ...facts } = await samplePlan(reader(total, known), everything, sendAll())
    expect(looked).toBe(total)
    expect(facts).toEqual({ selected: total, sourceRecords: total / 3, unknown: 0, exact: true })
  })

  test.each<readonly [string, Known, number]>([
    ['counts', { count: 9_000 }, 9_000],
    ['estimates', { count: null, estimate: 8_700 }, 8_700],
    ['can neither count nor estimate', { count: null, estimate: null }, 9_000],
    ['has no estimate of', { count: null }, 9_000],
  ])('stands for as many records as a source %s', async (_, known, selected) => {
    const { looked, ...facts } = await samplePlan(reader(9_000, known), everything, sendAll())
    expect(looked).toBe(500)
    expect(facts).toEqual({ selected, sourceRecords: selected / 3, unknown: 0, exact: false })
  })

  test('stands for no fewer records than were seen', async () => {
    const { selected } = await samplePlan(reader(9_000, { count: null, estimate: 30 }), everything, sendAll())
    expect(selected).toBeGreaterThanOrEqual(2_000)
    expect(selected).toBeLessThan(2_200)
  })

  test('passes over what sends nothing, and ends with the last request of a limit', async () => {
    const many = reader(9_000, { count: 9_000 })
    let seen = 0
    // Of every ten records one sends a request.
    const look: Look = async (records, limit) => {
      const most = limit === null ? records.length : Math.max(0, limit * 10 - seen)
      const looked = Math.min(records.length, most)
      seen += looked
      return looked
    }
    expect(await samplePlan(many, { limit: 40, only: null }, look)).toMatchObject({
      looked: 400,
      exact: true,
    })
  })

  test('keeps to a limit and to named keys', async () => {
    const many = reader(9_000, { count: null, estimate: 9_000 })
    expect(await samplePlan(many, { limit: 60, only: null }, sendAll())).toMatchObject({
      selected: 60,
      sourceRecords: 20,
      exact: true,
    })
    expect(await samplePlan(many, { limit: 6_000, only: null }, sendAll())).toMatchObject({
      looked: 500,
      exact: false,
    })
    expect(await samplePlan(many, { limit: null, only: ['4', '5', '6', 'x'] }, sendAll())).toMatchObject({
      selected: 3,
      sourceRecords: 2,
      unknown: 1,
      exact: true,
    })
  })
})
