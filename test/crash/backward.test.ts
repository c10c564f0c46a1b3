import { afterAll, describe, expect, test } from 'vitest'
import { type Effect, effects } from '../../src/engine/crash-points.ts'
import { type Mode, openCell, type Scenario } from './cell.ts'
import { type Expected, readResult } from './check.ts'
import { limiter, untimed } from './limit.ts'
import { startWorker } from './process.ts'
import {
  lostRequest,
  lostResponse,
  metAfterRestore,
  metOnce,
  plain,
  realtime,
  retries,
  scenarioFor,
} from './scenarios.ts'
import { createDatabase } from '../support/postgres.ts'
import { compare, faultless, workUntilDone } from './survive.ts'

/** Everything, with `npm run test:crash`; else the points between which something is paid or written. */
const isWhole = process.env['OFFPEAK_CRASH_MATRIX'] === 'whole'
const only = process.env['OFFPEAK_CRASH_ONLY'] ?? ''
const gate = limiter(Number(process.env['OFFPEAK_CRASH_AT_ONCE'] ?? 3))

const sampled: readonly Effect[] = [
  'create.intent.commit',
  'create.post',
  'ask.answer.sync',
  'merge.settle.commit',
  'retry.commit',
]

/** Every one of some cells, or so many of them. */
function some<Of>(all: readonly Of[], sample: number): readonly Of[] {
  return isWhole ? all : all.slice(0, sample)
}

interface Point {
  readonly effect: Effect
  readonly hit: number
}

const points: readonly Point[] = effects
  .filter(
    (effect) =>
      !effect.startsWith('cancel.') &&
      !metAfterRestore.includes(effect) &&
      (isWhole || sampled.includes(effect)),
  )
  .filter((effect) => effect.includes(only))
  .flatMap((effect) => (isWhole && !metOnce.includes(effect) ? [1, 2] : [1]).map((hit) => ({ effect, hit })))

/** What all restored states add up to. */
const figures = { restored: 0, lost: 0, boughtAgain: 0 }

afterAll(() => {
  console.log(JSON.stringify({ backward: figures }))
})

/**
 * The state as it was when a process died is kept, the run goes on to its end, and the old state is put back beside the
 * files, the table and the provider as they are by now.
 */
async function survivesRestore(
  scenario: Scenario,
  crashAt: string,
  {
    later = null,
    restored = null,
    mode = 'sqlite',
  }: {
    /** Where the run dies a second time, before the old state is put back. */
    readonly later?: string | null
    /** Where the old state dies as well. */
    readonly restored?: string | null
    readonly mode?: Mode
  } = {},
): Promise<void> {
  const undisturbed = await faultless(scenario)
  await using state = mode === 'sqlite' ? null : await createDatabase()
  await using cell = await openCell(mode, scenario, state?.url)
  const killed = await startWorker(cell.dir, 'run', crashAt).ended
  expect(killed.signal, `${crashAt} is reached: ${killed.errors}`).toBe('SIGKILL')
  await cell.keepState('backup')
  if (later === null) await workUntilDone(cell, [startWorker(cell.dir, 'run')])
  else await startWorker(cell.dir, 'run', later).ended
  await cell.restoreState('backup')
  const kills = await workUntilDone(cell, [startWorker(cell.dir, 'run', restored)])
  if (restored !== null) expect(kills, `${restored} is reached`).toBeGreaterThan(0)
  figures.restored += 1
  await compare(cell, undisturbed)
  // A call in real time whose answer was lost is asked again, and is reported as possibly paid.
  if (scenario.choice?.deliveryMode !== 'realtime')
    figures.boughtAgain += boughtAgain(await readResult(cell), undisturbed)
}

function boughtAgain(result: Expected, undisturbed: Expected): number {
  return Math.max(0, result.billedRequests - undisturbed.billedRequests)
}

describe.concurrent('a state that is restored to where a process died buys nothing again', () => {
  test.for(points)('after $effect, hit $hit', { timeout: untimed }, ({ effect, hit }) =>
    gate(() => survivesRestore(scenarioFor(effect), `${effect}.after:${hit}`)),
  )
})

describe.concurrent('nor does one that is restored half-way', () => {
  const cells = [
    {
      crashAt: 'create.intent.commit.before:1',
      later: 'doubt.replace.commit.after:1',
      scenario: lostRequest,
    },
    { crashAt: 'merge.settle.commit.after:1', later: 'retry.commit.after:1', scenario: retries },
    { crashAt: 'ask.start.commit.after:1', later: 'ask.answer.sync.after:5', scenario: realtime },
    { crashAt: 'build.commit.after:1', later: 'create.post.after:2', scenario: plain },
    { crashAt: 'upload.record.commit.after:2', later: 'merge.commit.after:1', scenario: plain },
    { crashAt: 'admit.reserve.commit.after:1', later: 'doubt.adopt.commit.after:2', scenario: lostResponse },
  ]
  test.for(some(cells, 2))(
    '$crashAt, put back at $later',
    { timeout: untimed },
    ({ crashAt, later, scenario }) => gate(() => survivesRestore(scenario, crashAt, { later })),
  )
})

describe.concurrent('a restored state that dies as well buys nothing again', () => {
  const points = ['intent.take.commit.after:2', 'intent.take.commit.before:1', 'doubt.adopt.commit.before:1']
  test.for(some(points, 1))('at %s', { timeout: untimed }, (restored) =>
    gate(() => survivesRestore(plain, 'build.commit.after:3', { restored })),
  )
})

describe.concurrent('in PostgreSQL a state that is restored buys nothing again', () => {
  const cells = [
    { crashAt: 'create.intent.commit.before:2', scenario: plain },
    { crashAt: 'poll.commit.after:1', scenario: retries },
    { crashAt: 'build.commit.after:2', scenario: plain },
    { crashAt: 'ask.start.commit.after:1', scenario: realtime },
  ]
  test.for(some(cells, 2))('after $crashAt', { timeout: untimed }, ({ crashAt, scenario }) =>
    gate(() => survivesRestore(scenario, crashAt, { mode: 'postgres' })),
  )
})

describe.concurrent('a state that is gone for good buys nothing again', () => {
  const cells = [
    { scenario: lostResponse, at: 'create.post.after:2' },
    { scenario: realtime, at: 'finish.commit.after:1' },
    { scenario: plain, at: 'poll.commit.after:1' },
    { scenario: plain, at: 'finish.commit.after:1' },
    { scenario: realtime, at: 'ask.answer.sync.after:9' },
  ]
  test.for(some(cells, 2))('$scenario.name, lost at $at', { timeout: untimed }, ({ scenario, at }) =>
    gate(async () => {
      const undisturbed = await faultless(scenario)
      await using cell = await openCell('sqlite', scenario)
      await startWorker(cell.dir, 'run', at).ended
      await cell.restoreState(null)
      await workUntilDone(cell, [startWorker(cell.dir, 'run')])
      const result = await readResult(cell)
      expect(result.table).toEqual(undisturbed.table)
      expect(result.outcomes).toEqual(undisturbed.outcomes)
      figures.lost += 1
      figures.boughtAgain += boughtAgain(result, undisturbed)
      const calls = scenario.choice?.deliveryMode === 'realtime' ? 8 : 0
      expect(boughtAgain(result, undisturbed)).toBeLessThanOrEqual(calls)
    }),
  )
})
