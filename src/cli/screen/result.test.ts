import { expect, test } from 'vitest'
import type { RunStatus } from '../../engine/queries/status.ts'
import { paintFor } from './paint.ts'
import { pauseError, resultOf } from './result.ts'

const noMoney: RunStatus['money'] = {
  spentMicroUsd: 53_100_000,
  reservedMicroUsd: 0,
  unbookedMicroUsd: 0,
  capMicroUsd: null,
  sharedCapMicroUsd: null,
  realtimeMicroUsd: 0,
  savedMicroUsd: 0,
  wastedMicroUsd: 0,
  repairMicroUsd: 0,
  duplicateMicroUsd: 0,
  possiblyPaidMicroUsd: 0,
  estimatedAnswers: 0,
  otherTierAnswers: 0,
}

function ended(more: Partial<RunStatus> = {}): RunStatus {
  return {
    schema: 'offpeak.status/2',
    account: null,
    simulated: false,
    writes: true,
    jobChange: null,
    notStarted: [],
    run: '7k2mab',
    job: 'notes',
    model: 'm',
    provider: 'openai',
    state: 'done',
    pauseKind: null,
    pauseReason: null,
    pauseShortMicroUsd: null,
    rescues: null,
    wait: null,
    createdAt: 0,
    finishedAt: 60_000,
    reopenedAt: null,
    tookMs: 60_000,
    deliveryMode: 'batch',
    deadlineAt: null,
    sourceDone: true,
    selected: 10,
    unchanged: 0,
    counts: { merged: 10 },
    pending: 0,
    retrying: 0,
    needsAttention: 0,
    batches: [],
    money: noMoney,
    inputUnit: 'token',
    tokens: { input: 1, output: 1 },
    lines: {},
    plan: null,
    ...more,
  }
}

const result = (more: Partial<RunStatus['money']>): { readonly exit: number; readonly words: string } => {
  const { exit, lines } = resultOf(ended({ money: { ...noMoney, ...more } }), [], {
    paint: paintFor(false),
    columns: 100,
  })
  return { exit, words: lines.join('\n') }
}

test('a run whose records are all merged and whose money is clear ends with 0', () => {
  expect(result({})).toMatchObject({ exit: 0, words: expect.stringContaining('Cost $53.10') })
})

test('what was paid twice, or may have been paid without an answer, ends a run with 6 although every record is merged', () => {
  expect(result({ duplicateMicroUsd: 2_000_000 })).toMatchObject({
    exit: 6,
    words: expect.stringContaining('$2.00 was paid twice; offpeak report 7k2mab names the batches'),
  })
  expect(result({ possiblyPaidMicroUsd: 1_000_000 })).toMatchObject({
    exit: 6,
    words: expect.stringContaining('up to $1.00 of it possibly paid'),
  })
})

test('the number of answers whose usage nobody told is said, and is no reason for a person to come', () => {
  expect(result({ estimatedAnswers: 12 })).toMatchObject({
    exit: 0,
    words: expect.stringContaining('12 answers of unknown usage are counted at an estimate'),
  })
})

test('answers of another tier are told with what that may have cost', () => {
  expect(result({ otherTierAnswers: 3 }).words).toMatch(
    /3 answers came from another tier than was asked for: without the discount, .*may be double/,
  )
})

const fixOf = (more: Partial<RunStatus>): string | null =>
  pauseError(ended({ state: 'paused', pauseReason: 'as it says', ...more }))?.fix ?? null

const waiting = (kind: NonNullable<RunStatus['wait']>['for']): Partial<RunStatus> => ({
  wait: { for: kind, label: '', since: 0, tries: 0, nextAt: null, message: '' },
})

test('each pause names what is to be done about what was waited for, and the command that continues', () => {
  const fixes = [
    fixOf({ pauseKind: 'answers', ...waiting('missing') }),
    fixOf({ pauseKind: 'credentials', ...waiting('credentials') }),
    fixOf({ pauseKind: 'credentials', ...waiting('account') }),
    fixOf({ pauseKind: 'provider', ...waiting('network') }),
    fixOf({ pauseKind: 'provider', ...waiting('refused') }),
    fixOf({ pauseKind: 'provider' }),
    fixOf({ pauseKind: 'job', ...waiting('sink') }),
  ]
  for (const fix of fixes) expect(fix).toContain('offpeak resume 7k2mab')
  expect(new Set(fixes).size).toBe(fixes.length)
  expect(fixes[0]).toContain('offpeak resume 7k2mab --accept')
  expect(fixes[2]).toContain('set the key again that made these batches')
})

test('says how long the last stretch of a run took, and not how long ago it was first begun', () => {
  const retried = ended({ finishedAt: 125_000, reopenedAt: 124_000 })
  expect(resultOf(retried, [], { paint: paintFor(false), columns: 100 }).lines[0]).toContain('Done in 1 s.')
})
