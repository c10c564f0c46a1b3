import { expect, test } from 'vitest'
import type { BatchStatus, RunStatus, WaitStatus } from '../../engine/queries/status.ts'
import { phaseCounts } from '../../wording/batch-phase.ts'
import { phaseStrip } from './batch-phase.ts'
import { paintFor } from './paint.ts'
import { Progress } from './progress.ts'
import { progressBlock, progressLine } from './views/progress-view.ts'
import { textWidth } from './text-width.ts'
import { waitsOf } from './waits.ts'

const paint = paintFor(false)
const start = Date.UTC(2026, 10, 20, 12, 3, 11)

function batch(state: BatchStatus['state'], more: Partial<BatchStatus> = {}): BatchStatus {
  return {
    n: 0,
    round: 0,
    deliveryMode: 'batch',
    requests: 100,
    bytes: 1_000,
    state,
    reason: null,
    ending: null,
    wait: null,
    attempts: 1,
    providerBatchId: null,
    account: null,
    accountName: null,
    remote: { total: 0, completed: 0, failed: 0 },
    counts: {},
    expiresAt: null,
    lateAt: null,
    costMicroUsd: 0,
    reservedMicroUsd: 0,
    ...more,
  }
}

function statusWith(more: Partial<RunStatus> = {}): RunStatus {
  return {
    schema: 'offpeak.status/2',
    account: null,
    simulated: false,
    writes: true,
    jobChange: null,
    notStarted: [],
    run: '7k2mab',
    job: 'headnotes',
    model: 'm',
    provider: 'azure',
    state: 'running',
    pauseKind: null,
    pauseReason: null,
    pauseShortMicroUsd: null,
    rescues: null,
    wait: null,
    createdAt: start - 60_000,
    finishedAt: null,
    reopenedAt: null,
    tookMs: null,
    deliveryMode: 'batch',
    deadlineAt: null,
    sourceDone: true,
    selected: 118_510,
    unchanged: 12,
    counts: { merged: 63_300, invalid: 41 },
    pending: 55_157,
    retrying: 7,
    needsAttention: 41,
    batches: [
      batch('merged'),
      batch('in_progress'),
      batch('waiting', {
        wait: {
          for: 'tokens',
          label: 'waiting for enqueued tokens to come free',
          since: start,
          tries: 3,
          nextAt: start + 5_000,
          message: '138113 of 150000 enqueued tokens in use',
        },
      }),
    ],
    money: {
      spentMicroUsd: 53_100_000,
      reservedMicroUsd: 14_900_000,
      unbookedMicroUsd: 0,
      capMicroUsd: 400_000_000,
      sharedCapMicroUsd: null,
      realtimeMicroUsd: 106_200_000,
      savedMicroUsd: 53_100_000,
      wastedMicroUsd: 0,
      repairMicroUsd: 0,
      duplicateMicroUsd: 0,
      possiblyPaidMicroUsd: 0,
      estimatedAnswers: 0,
      otherTierAnswers: 0,
    },
    inputUnit: 'token',
    tokens: { input: 1, output: 1 },
    lines: {},
    plan: null,
    ...more,
  }
}

test('a line for logs has the same keys every time', () => {
  const line = progressLine(statusWith({ batches: [batch('in_progress')] }), start)
  expect(line).toBe(
    '2026-11-20T12:03:11Z run=7k2mab phase=running rows=63341/118498 merged=63300 failed=41 retrying=7 spent=53.10 reserved=14.90',
  )
})

test.each([80, 120, 200])('the block fits a terminal of %j columns and reads without colours', (columns) => {
  const lines = progressBlock(statusWith(), { paint, columns, now: start })
  expect(lines.join('\n')).toContain('63,300/118,498 merged')
  expect(lines.join('\n')).toContain('41 need attention   7 retry automatically')
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(
    'waiting for enqueued tokens to come free: 138.1 k of 150.0 k enqueued tokens in use',
  )
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns)
})

const away = (more: Partial<WaitStatus> = {}): Partial<BatchStatus> => ({
  wait: {
    for: 'network',
    label: 'the provider cannot be reached',
    since: start - 60_000,
    tries: 4,
    nextAt: start + 8_000,
    message: 'upload: POST 127.0.0.1:9/files: connect ECONNREFUSED 127.0.0.1:9',
    ...more,
  },
})

test.each([80, 120])(
  'what is waited for stands whole on a screen of %j columns, with how long, how often and when next',
  (columns) => {
    const words = 'upload: POST 127.0.0.1:34519/files: connect ECONNREFUSED 127.0.0.1:34519'
    const lines = progressBlock(
      statusWith({
        batches: [
          batch('uploading', away({ message: words })),
          batch('uploading', away({ tries: 2, message: words })),
        ],
      }),
      { paint, columns, now: start },
    )
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(
      '2 batches: the provider cannot be reached: upload: POST 127.0.0.1:34519/files: connect ECONNREFUSED 127.0.0.1:34519 for 1 m, tried 4 times, next try in 8 s',
    )
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns)
  },
)

test('what is wrong is shown before what is only full', () => {
  const { batches } = statusWith()
  const waits = waitsOf(statusWith({ batches: [...batches, ...batches, batch('uploading', away())] }))
  expect(waits.map(({ for: kind, batches }) => [kind, batches])).toEqual([
    ['network', 1],
    ['tokens', 2],
  ])
})

test('a paused run shows why, and how long its batches have waited for it', () => {
  const status = statusWith({
    state: 'paused',
    pauseKind: 'provider',
    pauseReason: 'the provider cannot be reached: connect ECONNREFUSED 127.0.0.1:9',
    wait: {
      for: 'network',
      label: 'the provider cannot be reached',
      since: start,
      tries: 0,
      nextAt: null,
      message: '',
    },
    batches: [batch('uploading', away())],
  })
  const text = progressBlock(status, { paint, columns: 120, now: start }).join('\n')
  expect(text).toContain('paused  the provider cannot be reached: connect ECONNREFUSED 127.0.0.1:9')
  expect(text).toContain('for 1 m, tried 4 times, next try in 8 s')
  expect(text).not.toContain('waits ')
})

test('a line for logs names the wait in fields, and comes again when its words change and not with every try', () => {
  const { text, progress } = written(false)
  const lines = (): readonly string[] => text().trim().split('\n')
  progress.update(statusWith({ batches: [batch('uploading', away())] }))
  expect(text()).toContain(
    ' wait=network batches=1 tries=4 since=2026-11-20T12:02:11Z next=2026-11-20T12:03:19Z message="upload: POST 127.0.0.1:9/files: connect ECONNREFUSED 127.0.0.1:9"',
  )
  progress.update(statusWith({ batches: [batch('uploading', away({ tries: 5, nextAt: null }))] }))
  progress.update(
    statusWith({
      batches: [
        batch(
          'uploading',
          away({ message: 'upload: POST 127.0.0.1:9/files: connect ECONNREFUSED 127.0.0.1:10' }),
        ),
      ],
    }),
  )
  expect(lines()).toHaveLength(1)
  progress.update(statusWith({ batches: [batch('uploading', away({ message: '503 Service Unavailable' }))] }))
  progress.update(statusWith({ batches: [batch('uploading')] }))
  expect(lines()).toHaveLength(3)
  expect(lines().at(-1)).not.toContain('wait=')
})

test('the bar is full only when every record is merged, whatever the batches say', () => {
  const bar = (merged: number): string =>
    progressBlock(statusWith({ counts: { merged }, pending: 0, batches: [batch('finalizing')] }), {
      paint,
      columns: 100,
      now: start,
    })[0] ?? ''
  expect(bar(118_497)).toContain(`${'#'.repeat(19)}-`)
  expect(bar(118_498)).toContain('#'.repeat(20))
})

test('thousands of batches fit the strip, and no phase with a single batch is lost', () => {
  const batches = [
    ...Array.from({ length: 5_000 }, () => batch('merged')),
    batch('in_doubt'),
    ...Array.from({ length: 900 }, () => batch('waiting')),
  ]
  const strip = phaseStrip(phaseCounts(batches), 48, paint)
  expect(strip.length).toBeLessThanOrEqual(48)
  expect(strip).toMatch(/^\++ \? \.+$/)
})

test('each phase has a shape of its own', () => {
  const batches = (
    ['merged', 'completed', 'finalizing', 'in_progress', 'in_doubt', 'uploading', 'waiting', 'void'] as const
  ).map((state) => batch(state))
  expect(phaseStrip(phaseCounts(batches), 48, paint)).toBe('+ x v f o ? ^ .')
})

test('a batch that ended early is not shown as done', () => {
  expect(
    phaseCounts([batch('merged', { ending: 'expired' }), batch('merged', { ending: 'completed' })]),
  ).toEqual([
    { phase: 'done', count: 1 },
    { phase: 'cut', count: 1 },
  ])
})

test('nothing is said about the time left before a first batch is done', () => {
  const block = (batches: readonly BatchStatus[]): string =>
    progressBlock(statusWith({ batches }), { paint, columns: 120, now: start }).join('\n')
  expect(block([batch('in_progress')])).not.toContain('left')
  expect(block([batch('in_progress'), batch('merged')])).toContain('left')
})

function written(live: boolean): {
  readonly text: () => string
  readonly progress: Progress
  readonly pass: (ms: number) => void
} {
  let [text, now] = ['', start]
  const stderr = {
    write: (more: string) => void (text += more),
    isTty: live,
    color: false,
    columns: () => 100,
  }
  return {
    text: () => text,
    progress: new Progress({
      io: { stderr, now: () => now },
      paint,
      live,
      json: false,
      quiet: false,
      hint: 'Ctrl-C detaches',
    }),
    pass: (ms) => void (now += ms),
  }
}

test('off a terminal there is a line for each change and one a minute', () => {
  const { text, progress, pass } = written(false)
  progress.update(statusWith())
  progress.update(statusWith({ counts: { merged: 63_400 } }))
  expect(text().trim().split('\n')).toHaveLength(1)
  progress.update(statusWith({ batches: [batch('merged'), batch('merged')] }))
  expect(text().trim().split('\n')).toHaveLength(2)
  pass(61_000)
  progress.update(statusWith({ batches: [batch('merged'), batch('merged')] }))
  expect(text().trim().split('\n')).toHaveLength(3)
  expect(text()).not.toContain('\u001b')
})

test('on a terminal the block is redrawn in place, ten times a second at most, and left standing at the end', () => {
  const { text, progress, pass } = written(true)
  progress.update(statusWith())
  const once = text()
  progress.update(statusWith({ counts: { merged: 63_400 } }))
  expect(text()).toBe(once)
  pass(100)
  progress.update(statusWith({ counts: { merged: 63_400 } }))
  const lines = once.split('\n').length - 1
  expect(text().slice(once.length)).toContain(`\u001b[${lines}A`)
  progress.stop()
  expect(text().endsWith('\u001b[?25h')).toBe(true)
  const before = text()
  progress.stop()
  expect(text()).toBe(before)
})
