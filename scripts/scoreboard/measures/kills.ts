import { z } from 'zod'
import { all, type Figure, figureOf, type How, none } from '../figure.ts'
import { printed, runTests } from '../run.ts'

const survived = z.object({
  runs: z.number(),
  kills: z.number(),
  lostRecords: z.number(),
  paidTwiceRequests: z.number(),
  overshootMicroUsd: z.number(),
})

function matrix({ size }: How): Readonly<Record<string, string>> {
  return size === 'full' ? { OFFPEAK_CRASH_MATRIX: 'whole' } : { OFFPEAK_CRASH_MODES: 'sqlite' }
}

/** Kills at each place that has a name. */
export async function namedKills(how: How): Promise<readonly Figure[]> {
  const ran = await runTests(['test/crash/crash.test.ts'], matrix(how))
  const found = printed(ran, survived.extend({ points: z.number() }))
  const { runs, kills, points } = found
  const note = `, ${kills} kills`
  return [
    all(1, 'named points at which kill -9 is survived', points, ran.isGood, { asked: 60, note }),
    none(1, 'records lost to kills', found.lostRecords, runs, 'runs', { note }),
    none(1, 'requests paid twice after kills', found.paidTwiceRequests, runs, 'runs', { note }),
    figureOf({
      row: 7,
      figure: 'most that a run was billed over its cap, whatever was killed',
      target: '0',
      measured: `${Math.max(0, found.overshootMicroUsd)} micro-dollars in ${runs} runs`,
      isGood: found.overshootMicroUsd <= 0,
    }),
  ]
}

/** Kills at any time, stalls, lost answers and rivals. */
export async function kills(how: How): Promise<readonly Figure[]> {
  const ran = await runTests(
    ['test/crash/trouble.test.ts'],
    how.size === 'full' ? { OFFPEAK_CRASH_MATRIX: 'whole' } : {},
  )
  const { trouble } = printed(
    ran,
    z.object({ trouble: survived.extend({ killsAtAnyTime: z.number(), stalls: z.number() }) }),
  )
  const wrong = trouble.lostRecords + trouble.paidTwiceRequests
  return [
    all(2, 'kills at any time that a run survives', trouble.killsAtAnyTime, ran.isGood, { asked: 1_000 }),
    all(2, 'stalls longer than a lease that do no harm', trouble.stalls, ran.isGood),
    none(
      2,
      'records lost, requests paid twice by stalls, lost answers, rivals',
      wrong,
      trouble.runs,
      'runs',
      ran,
    ),
  ]
}

/** States that are put back in time. */
export async function restored(how: How): Promise<readonly Figure[]> {
  const ran = await runTests(['test/crash/backward.test.ts'], matrix(how))
  const { backward } = printed(
    ran,
    z.object({ backward: z.object({ restored: z.number(), lost: z.number(), boughtAgain: z.number() }) }),
  )
  const states = backward.restored + backward.lost
  return [
    none(
      21,
      'requests bought again by an older or new state',
      backward.boughtAgain,
      states,
      'states restored or lost',
      { isGood: ran.isGood },
    ),
  ]
}
