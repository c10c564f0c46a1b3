import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CompactRows } from './compact-rows.ts'

interface Row {
  readonly id: number
  readonly name: string
  readonly note: string | null
  readonly place: number | null
  readonly state: 'open' | 'done' | null
}

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.nat({ max: 2 ** 45 }),
  name: fc.string({ unit: 'grapheme', maxLength: 200 }),
  note: fc.option(fc.string({ unit: 'grapheme' })),
  place: fc.option(fc.oneof(fc.integer(), fc.double({ noNaN: true }))),
  state: fc.constantFrom('open', 'done', null),
})

function compact(rows: readonly Row[]): CompactRows<Row> {
  const made = new CompactRows<Row>({
    id: 'number',
    name: 'text',
    note: 'text',
    place: 'number',
    state: 'word',
  })
  for (const one of rows) made.push(one)
  return made
}

function fieldsOf(kept: Row | undefined): Row | undefined {
  if (!kept) return undefined
  const { id, name, note, place, state } = kept
  return { id, name, note, place, state }
}

test('rows come back as they were put in', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
      const kept = compact(rows)
      expect(kept.length).toBe(rows.length)
      expect(rows.map((_, index) => fieldsOf(kept.at(index)))).toEqual(rows)
      expect([kept.at(-1), kept.at(rows.length)]).toEqual([undefined, undefined])
    }),
  )
})
