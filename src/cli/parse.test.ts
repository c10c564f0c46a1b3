import { expect, test } from 'vitest'
import {
  amountFlag,
  choiceFlag,
  countFlag,
  durationFlag,
  textsFlag,
  yesFlag,
} from '../wording/commands/flags.ts'
import { splitAtCommand } from './globals.ts'
import { parseArguments } from './parse.ts'

const grammar = {
  called: 'offpeak run',
  arguments: [{ syntax: '<job>', summary: 'a job' }],
  options: {
    maxCost: amountFlag('--max-cost <amount>', 'money'),
    param: textsFlag('-p, --param <k=v>', 'parameters'),
    limit: countFlag('--limit <n>', 'so many'),
    wait: durationFlag('--wait <duration>', 'so long'),
    by: choiceFlag('--by <what>', 'what', ['job', 'day']),
    yes: yesFlag('-y, --yes', 'yes'),
    noColor: yesFlag('--no-color', 'plain'),
  },
}

test('options get the values that they mean', () => {
  expect(
    parseArguments(grammar, [
      'notes',
      '--max-cost',
      '$1,200.50',
      '-p',
      'a=1',
      '-p',
      'b=2',
      '--limit',
      '1_000',
      '--wait',
      '90m',
      '--by',
      'day',
      '-y',
      '--no-color',
    ]),
  ).toEqual({
    args: ['notes'],
    values: {
      maxCost: 1_200_500_000,
      param: ['a=1', 'b=2'],
      limit: 1_000,
      wait: 5_400_000,
      by: 'day',
      yes: true,
      noColor: true,
    },
  })
  expect(parseArguments(grammar, ['notes']).values).toEqual({
    maxCost: null,
    param: [],
    limit: null,
    wait: null,
    by: null,
    yes: false,
    noColor: false,
  })
})

test.each([
  [['notes', '--max-cost', 'much'], '--max-cost takes an amount of dollars, not "much"'],
  [['notes', '--limit', '0'], '--limit takes a whole number of at least 1, not "0"'],
  [['notes', '--limit', '1.5'], '--limit takes a whole number of at least 1, not "1.5"'],
  [['notes', '--wait', 'soon'], '--wait takes a duration, not "soon"'],
  [['notes', '--by', 'year'], '--by takes one of job, day, not "year"'],
  [['notes', 'more'], 'offpeak run takes <job>'],
  [[], 'missing argument <job>'],
  [['notes', '--limti', '3'], 'unknown option --limti'],
])('%j is refused with words', (words, message) => {
  expect(() => parseArguments(grammar, words)).toThrow(expect.objectContaining({ code: 'E_USAGE', message }))
})

test('a mistyped option is answered with the one that was meant', () => {
  expect(() => parseArguments(grammar, ['notes', '--limti', '3'])).toThrow(
    expect.objectContaining({ fix: expect.stringContaining('did you mean --limit?') }),
  )
})

test('an argument that is missing is answered with what lists its values', () => {
  expect(() => parseArguments(grammar, [])).toThrow(
    expect.objectContaining({ fix: 'offpeak jobs lists them; offpeak run --help shows how it goes' }),
  )
})

test.each([
  ['--csv', 'did you mean --by day?', false],
  ['--day', 'did you mean --by day?', true],
  ['--Limit=3', 'did you mean --limit?', true],
  ['--yess', 'did you mean --yes?', true],
  ['--no-colour', 'did you mean --no-color?', true],
  ['--frobnicate', 'offpeak run --help shows how it goes', true],
])('an option %s that is not known is answered with %s', (word, fix, isSo) => {
  const said = expect.stringContaining(fix)
  expect(() => parseArguments(grammar, ['notes', word])).toThrow(
    expect.objectContaining({ fix: isSo ? said : expect.not.stringContaining(fix) }),
  )
})

test('the command is found behind global options and their values', () => {
  expect(splitAtCommand(['--cwd', 'run', '--json', 'plan', 'notes', '--limit', '3'])).toEqual({
    name: 'plan',
    rest: ['--cwd', 'run', '--json', 'notes', '--limit', '3'],
  })
  expect(splitAtCommand(['--version'])).toEqual({ name: null, rest: ['--version'] })
})
