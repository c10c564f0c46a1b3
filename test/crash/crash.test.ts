import { afterAll, describe, test } from 'vitest'
import { effects } from '../../src/engine/crash-points.ts'
import type { Mode } from './cell.ts'
import { limiter, untimed } from './limit.ts'
import { metAfterRestore, metOnce, scenarioFor } from './scenarios.ts'
import { figures, survive } from './survive.ts'

/** Everything, with `npm run test:crash`; else every effect on the default state and a sample of the others. */
const isWhole = process.env['OFFPEAK_CRASH_MATRIX'] === 'whole'
const only = process.env['OFFPEAK_CRASH_ONLY'] ?? ''
const modes = (process.env['OFFPEAK_CRASH_MODES'] ?? 'sqlite,postgres,pg-boss').split(',')

/** Points at which a process was killed, whatever the state and the hit. */
const named = new Set<string>()
const gate = limiter(Number(process.env['OFFPEAK_CRASH_AT_ONCE'] ?? 3))

interface Point {
  readonly name: string
  readonly crashAt: string
  readonly mode: Mode
  readonly effect: (typeof effects)[number]
}

function points(mode: Mode): readonly Point[] {
  return effects.flatMap((effect, index) =>
    (['before', 'after'] as const).flatMap((moment) =>
      [1, 2].flatMap((hit): readonly Point[] => {
        if (metAfterRestore.includes(effect)) return []
        if (hit === 2 && (metOnce.includes(effect) || mode === 'pg-boss')) return []
        const isPaid = ['create.', 'merge.', 'ask.'].some((step) => effect.startsWith(step))
        const sampled =
          hit === 1 &&
          (mode === 'sqlite' ? moment === 'after' || isPaid : moment === 'after' && index % 10 === 4)
        if (!isWhole && !sampled) return []
        const crashAt = `${effect}.${moment}:${hit}`
        return crashAt.includes(only)
          ? [{ name: `${moment} ${effect}, hit ${hit}`, crashAt, mode, effect }]
          : []
      }),
    ),
  )
}

describe.concurrent.for((['sqlite', 'postgres', 'pg-boss'] as const).filter((mode) => modes.includes(mode)))(
  'with %s, a run survives kill -9',
  (mode) => {
    test.for(points(mode))('$name', { timeout: untimed }, ({ crashAt, effect }) =>
      gate(async () => {
        await survive(mode, scenarioFor(effect), crashAt)
        named.add(crashAt.replace(/:\d+$/, ''))
      }),
    )
  },
)

afterAll(() => {
  console.log(JSON.stringify({ ...figures, points: named.size }))
})
