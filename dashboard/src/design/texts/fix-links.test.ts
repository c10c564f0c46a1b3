import { expect, test } from 'vitest'
import { pageFix } from './fix-links.ts'

test('a path of REST is a link, and not a text', () => {
  expect(pageFix('GET /api/v1/jobs lists them')).toEqual({
    text: null,
    links: [{ words: 'See the jobs', href: '/jobs' }],
  })
  expect(pageFix('GET /api/v1/runs lists them').links).toEqual([{ words: 'See the runs', href: '/runs' }])
})

test('a command keeps its words and has the page that does the same', () => {
  expect(pageFix('offpeak resume 7k2mab, or offpeak cancel 7k2mab, first')).toEqual({
    text: 'offpeak resume 7k2mab, or offpeak cancel 7k2mab, first',
    links: [{ words: 'Open run 7k2mab', href: '/runs/7k2mab' }],
  })
  expect(pageFix('offpeak run notes --only 3 --redo asks again').links).toEqual([
    { words: 'Plan notes', href: '/new?job=notes' },
  ])
  expect(pageFix('offpeak show 7k2mab 2026/1').links).toEqual([
    { words: 'Record 2026/1', href: '/runs/7k2mab/rows/2026%2F1' },
  ])
  expect(pageFix('offpeak show 7k2mab -- -3').links).toEqual([
    { words: 'Record -3', href: '/runs/7k2mab/rows/-3' },
  ])
})

test('what no page does is left as it is', () => {
  expect(pageFix('set a key that works')).toEqual({ text: 'set a key that works', links: [] })
  expect(pageFix('offpeak keys add ci').links).toEqual([])
})
