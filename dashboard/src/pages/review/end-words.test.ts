import { expect, test } from 'vitest'
import { acceptance } from './acceptance.ts'
import { endWords, nextCommands, type ReviewedList } from './end-words.ts'

function list({ given, ...rest }: Partial<ReviewedList>): ReviewedList {
  const said = { accept: 0, edit: 0, reject: 0, skip: 0, ...given }
  return {
    source: 'review',
    given: said,
    accepted: acceptance(said),
    open: 0,
    read: 10,
    total: 10,
    whole: false,
    status: { run: '7k2m', job: 'notes', counts: { merged: 400 } },
    ...rest,
  }
}

function commands(wish: Partial<ReviewedList>, rejected: readonly string[] = []): readonly string[] {
  return nextCommands({ ...list(wish), rejected }).map(({ command }) => command)
}

test('what waited is written or declined, and what declined can be asked for again', () => {
  const end = { given: { accept: 6, edit: 1, reject: 2, skip: 1 } }
  expect(endWords(list(end)).join(' ')).toMatch(/7 answers.*2 answers are `declined`.*1 answer is skipped/s)
  expect(commands(end)).toEqual(['offpeak retry 7k2m --status declined', 'offpeak results 7k2m --status ok'])
})

test('a sample stands for all that is written, as far as it goes', () => {
  const end = {
    source: 'sample',
    given: { accept: 94, edit: 0, reject: 6, skip: 0 },
    read: 100,
    total: 100,
  } as const
  expect(endWords(list(end))[0]).toMatch(
    /^94 % of the sample are good. Of all answers .* between 87 and 100 %/,
  )
  expect(commands(end, ['a\u001fde', "it's"])).toEqual([
    `offpeak plan notes --only 'a/de,it'\\''s' --redo`,
    'offpeak review 7k2m --sample 400',
    'offpeak results 7k2m --status ok',
  ])
  expect(endWords(list({ ...end, whole: true }))[0]).toContain('exact')
  expect(commands({ ...end, whole: true })).toEqual(['offpeak results 7k2m --status ok'])
})

test('of those that failed, the rest is asked for again by commands that name their price', () => {
  const status = { run: '7k2m', job: 'notes', counts: { invalid: 2, rejected: 1, expired: 4 } }
  expect(commands({ source: 'failed', status })).toEqual([
    'offpeak errors 7k2m',
    'offpeak results 7k2m --status ok',
  ])
  expect(commands({ source: 'review', status })).toContain('offpeak review 7k2m --failed')
})
