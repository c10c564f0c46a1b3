import { setTimeout as sleep } from 'node:timers/promises'
import { OffpeakError } from '../../../src/domain/errors.ts'
import { advance } from '../../../src/engine/advance/advance.ts'
import type { Flow } from '../../../src/engine/flow.ts'
import { begin, openKit, reopen, sinkRows } from '../../../test/engine/run-kit.ts'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below } from '../shuffled.ts'

const records = 6
const leaseMs = 1_000

/**
 * A store each of whose calls waits for a moment that the seed draws. Seldom its owner stands still for longer than a lease:
 * then all of its calls do, those that would renew it too.
 */
function delayed<Store extends object>(store: Store, random: () => number, onRefused: () => void): Store {
  let stillUntil = 0
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return async (...args: readonly unknown[]): Promise<unknown> => {
        const drawn = random()
        if (drawn < 0.01) stillUntil = performance.now() + leaseMs * 1.5
        else if (drawn < 0.5) await sleep(below(random, 8))
        while (performance.now() < stillUntil) await sleep(stillUntil - performance.now())
        try {
          return await Reflect.apply(value, target, args)
        } catch (thrown) {
          if (thrown instanceof OffpeakError && thrown.code === 'E_FENCED') onRefused()
          throw thrown
        }
      }
    },
  })
}

interface Operated {
  readonly fenced: number
  readonly steps: number
}

/** Moves on whatever is due, as one of several who do not know of each other, until the run is over. */
async function operate(flow: Flow, runId: string, random: () => number): Promise<Operated> {
  const until = performance.now() + 60_000
  const signal = new AbortController().signal
  let [fenced, steps] = [0, 0]
  const store = delayed(flow.store, random, () => (fenced += 1))
  const own = { ...flow, store, holder: `operator-${random()}` }
  while ((await flow.store.run(runId))?.liveKey !== null) {
    if (performance.now() > until) throw new Error('a run with two operators does not end')
    // What somebody else holds is asked for too: that is the race.
    const due = await flow.store.due(flow.clock.now() + below(random, 2) * leaseMs, 5, [runId])
    const unit = due[below(random, Math.max(1, due.length))]
    if (unit === undefined) {
      await sleep(10)
      continue
    }
    if ((await advance(own, unit, signal)) !== 'busy') steps += 1
  }
  return { fenced, steps }
}

interface Raced extends Operated {
  readonly twice: number
  readonly wrong: number
}

async function race(seed: number): Promise<Raced> {
  const random = seededRandom(seed)
  await using project = await openKit({
    records,
    settings: {
      batch: { maxRequests: 3 },
      timings: { leaseMs, pollEveryMs: 20, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 },
    },
    emulator: { seed },
  })
  await using other = await reopen(project)
  const runId = await begin(project)
  const operated = await Promise.all(
    [project.offpeak, other].map(({ flow }) => operate(flow, runId, seededRandom(below(random, 2 ** 31)))),
  )
  const { store } = project.offpeak
  const settled = (await store.ledger({ runId })).filter(({ kind }) => kind === 'settle')
  const batches = project.emulator.bill().by_batch.length
  const bill = project.emulator.bill()
  const sum = (name: keyof Operated): number => operated.reduce((all, each) => all + each[name], 0)
  const difference = settled.reduce((all, each) => all + each.amountMicroUsd, 0) - bill.cost_micro_usd
  return {
    fenced: sum('fenced'),
    steps: sum('steps'),
    twice: bill.duplicate_requests + (batches - records / 3),
    wrong:
      Math.abs(sinkRows(project).length - records) +
      (difference < 0 || difference > settled.length ? 1 : 0) +
      Math.abs(settled.length - batches),
  }
}

/** Two operators at one run, whose steps are interleaved by a seed; some stand still for longer than their lease. */
export async function rivalOperators({ size, seed }: How): Promise<readonly Figure[]> {
  const schedules = size === 'full' ? 10_000 : 24
  const found: Raced[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (next < schedules) {
        next += 1
        const own = seed * 100_000 + next
        const raced = await race(own).catch((thrown: unknown): Raced => {
          // What two operators run into that one alone does not is as wrong as a wrong row.
          process.stderr.write(`${String(thrown)}\n`)
          return { fenced: 0, steps: 0, twice: 0, wrong: 1 }
        })
        if (raced.twice + raced.wrong > 0) process.stderr.write(`wrong with the seed ${own}\n`)
        found.push(raced)
      }
    }),
  )
  const sum = (name: keyof Raced): number => found.reduce((all, each) => all + each[name], 0)
  const note = `, ${sum('steps')} steps, ${sum('fenced')} late writes refused`
  const more = { seed, asked: 10_000, note }
  return [
    none(
      18,
      'batches made, or requests paid, twice by two operators',
      sum('twice'),
      schedules,
      'schedules',
      more,
    ),
    none(
      18,
      'rows or settlements that are wrong after two operators',
      sum('wrong'),
      schedules,
      'schedules',
      more,
    ),
  ]
}
