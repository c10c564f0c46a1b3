import { describe, expect, test } from 'vitest'
import { type Mode, openCell, type Scenario } from './cell.ts'
import { readResult } from './check.ts'
import { limiter, untimed } from './limit.ts'
import { startWorker } from './process.ts'
import { lostAtBoth, lostAtClaudes, lostAtGeminis, twoAccounts, twoRegions } from './scenarios.ts'
import { compare, faultless, survive, workUntilDone } from './survive.ts'

/** Everything, with `npm run test:crash`; else a sample. */
const isWhole = process.env['OFFPEAK_CRASH_MATRIX'] === 'whole'
const gate = limiter(Number(process.env['OFFPEAK_CRASH_AT_ONCE'] ?? 3))

function some<Of>(all: readonly Of[], sample: number): readonly Of[] {
  return isWhole ? all : all.slice(0, sample)
}

interface Kill {
  readonly mode: Mode
  readonly scenario: Scenario
  readonly crashAt: string
}

describe.concurrent('a run with two accounts survives kill -9', () => {
  const kills: readonly Kill[] = [
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'admit.reserve.commit.after:2' },
    { mode: 'postgres', scenario: twoAccounts, crashAt: 'create.post.after:2' },
    // A create that a kill cuts short may never arrive, which Claude cannot prove and a person decides: not here.
    { mode: 'sqlite', scenario: lostAtClaudes, crashAt: 'doubt.list.after:2' },
    { mode: 'sqlite', scenario: lostAtGeminis, crashAt: 'create.post.after:2' },
    { mode: 'sqlite', scenario: twoRegions, crashAt: 'create.post.after:2' },
    { mode: 'sqlite', scenario: lostAtBoth, crashAt: 'doubt.adopt.commit.before:2' },
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'upload.post.after:2' },
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'create.intent.commit.after:2' },
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'poll.commit.after:2' },
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'collect.output.download.after:2' },
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'clean.remote.delete.after:2' },
    { mode: 'postgres', scenario: lostAtBoth, crashAt: 'doubt.list.after:2' },
    { mode: 'pg-boss', scenario: twoAccounts, crashAt: 'create.post.after:1' },
  ]
  test.for(some(kills, 6))(
    '$scenario.name, $crashAt, with $mode',
    { timeout: untimed },
    ({ mode, scenario, crashAt }) => gate(() => survive(mode, scenario, crashAt)),
  )
})

describe.concurrent('a restored state asks every account before anything is paid again', () => {
  const kills: readonly Kill[] = [
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'build.commit.after:2' },
    { mode: 'sqlite', scenario: lostAtBoth, crashAt: 'admit.reserve.commit.after:1' },
    { mode: 'sqlite', scenario: twoAccounts, crashAt: 'create.intent.commit.before:2' },
  ]
  test.for(some(kills, 1))(
    '$scenario.name, put back to $crashAt',
    { timeout: untimed },
    ({ mode, scenario, crashAt }) =>
      gate(async () => {
        const undisturbed = await faultless(scenario)
        await using cell = await openCell(mode, scenario)
        const killed = await startWorker(cell.dir, 'run', crashAt).ended
        expect(killed.signal, killed.errors).toBe('SIGKILL')
        await cell.keepState('backup')
        await workUntilDone(cell, [startWorker(cell.dir, 'run')])
        for (const each of cell.emulators) expect(each.bill().requests, 'both were paid').toBeGreaterThan(0)
        await cell.restoreState('backup')
        await workUntilDone(cell, [startWorker(cell.dir, 'run')])
        await compare(cell, undisturbed)
      }),
  )

  test('so does one that is new beside the files', { timeout: untimed }, () =>
    gate(async () => {
      const undisturbed = await faultless(twoAccounts)
      await using cell = await openCell('sqlite', twoAccounts)
      await startWorker(cell.dir, 'run', 'poll.commit.after:2').ended
      await cell.restoreState(null)
      await workUntilDone(cell, [startWorker(cell.dir, 'run')])
      // Its files are those of a run that is gone, and stay.
      expect(await readResult(cell)).toEqual(undisturbed)
    }),
  )
})
