import { expect, test } from 'vitest'
import type { CostRow } from '../../../../src/server/contract/cost.ts'
import { dayBars } from './day-bars.ts'

const now = Date.parse('2026-11-21T12:30:00Z')
const dayMs = 86_400_000

function row(name: string, series: string, spentMicroUsd: number, reservedMicroUsd: number = 0): CostRow {
  return {
    name,
    series,
    runs: 1,
    merged: 0,
    needsAttention: 0,
    spentMicroUsd,
    reservedMicroUsd,
    realtimeMicroUsd: 0,
    savedMicroUsd: 0,
    wastedMicroUsd: 0,
    duplicateMicroUsd: 0,
  }
}

test('days without costs have a bar of nothing, and today is named', () => {
  const bars = dayBars(
    [
      row('2026-11-19', 'headnotes', 5),
      row('2026-11-21', 'products', 9, 3),
      row('2026-11-21', 'headnotes', 1),
    ],
    now - 3 * dayMs,
    now,
    6,
  )
  expect(bars).toEqual({
    names: ['18 Nov', '19 Nov', '20 Nov', 'today'],
    series: [
      { name: 'products', values: [0, 0, 0, 9] },
      { name: 'headnotes', values: [0, 5, 0, 1] },
    ],
    reserved: [0, 0, 0, 3],
  })
})

test('the dearest jobs keep their name, and the rest is one', () => {
  const bars = dayBars(
    ['a', 'b', 'c', 'd'].map((job, at) => row('2026-11-21', job, 10 - at)),
    now,
    now,
    3,
  )
  expect(bars.series).toEqual([
    { name: 'a', values: [10] },
    { name: 'b', values: [9] },
    { name: 'other jobs', values: [15] },
  ])
})

test('a long time is told in weeks that end today', () => {
  const bars = dayBars(
    [row('2026-01-01', 'a', 7), row('2026-11-15', 'a', 2), row('2026-11-21', 'a', 1)],
    null,
    now,
    6,
  )
  expect(bars.names.length).toBe(47)
  expect(bars.names.at(-1)).toBe('this week')
  expect(bars.names.at(-2)).toBe('week to 14 Nov')
  expect(bars.series[0]?.values.at(-1)).toBe(3)
  expect(bars.series[0]?.values[0]).toBe(7)
})

test('without anything there is today', () => {
  expect(dayBars([], null, now, 6)).toEqual({ names: ['today'], series: [], reserved: [0] })
})
