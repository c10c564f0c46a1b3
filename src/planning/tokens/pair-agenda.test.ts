import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PairHeap, type PairAgenda, PairQueues } from './pair-agenda.ts'

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 30 })) },
    { weight: 2, arbitrary: fc.constant('take' as const) },
  ),
  { maxLength: 60 },
)

test.each([
  ['a heap', () => new PairHeap()],
  ['queues', () => new PairQueues()],
])('%s gives the lowest rank first, and of one rank the leftmost place', (_, make: () => PairAgenda) => {
  fc.assert(
    fc.property(steps, (steps) => {
      const agenda = make()
      let waiting: [number, number][] = []
      const take = (): void => {
        const [best] = waiting.toSorted(([rank, place], [other, at]) => rank - other || place - at)
        expect(agenda.take()).toBe(best !== undefined)
        if (best === undefined) return
        expect([agenda.rank, agenda.place]).toEqual(best)
        const at = waiting.indexOf(best)
        waiting = waiting.filter((_, index) => index !== at)
      }
      for (const step of steps) {
        if (step === 'take') take()
        else {
          agenda.add(...step)
          waiting.push(step)
        }
      }
      while (waiting.length > 0) take()
      take()
    }),
  )
})
