import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { driveLocally } from './local.ts'

it('looks again at once when what it began has ended while it asked when to look again', async () => {
  let isOver = false
  let hasEnded = false
  const driving = driveLocally(
    {
      due: async () => [{ kind: 'run', id: 'r1' }],
      nextDue: async () => {
        await turn()
        return null
      },
      advance: async () => {
        isOver = true
        return null
      },
      now: () => 0,
    },
    { concurrency: 1, signal: new AbortController().signal, isOver: async () => isOver },
  ).then(() => (hasEnded = true))
  for (let turns = 0; turns < 20; turns += 1) await turn()
  expect(hasEnded).toBe(true)
  await driving
})

it('asks whether it is over also while something is at work, and ends when that is done', async () => {
  const { promise: done, resolve: end } = Promise.withResolvers<void>()
  const asked: boolean[] = []
  let now = 0
  const driving = driveLocally(
    {
      due: async () => [
        { kind: 'attempt', id: 1 },
        { kind: 'run', id: 'r1' },
      ],
      nextDue: async () => now,
      advance: async ({ kind }) => {
        if (kind === 'attempt') await done
        return null
      },
      now: () => (now += 1_000),
    },
    {
      concurrency: 2,
      signal: new AbortController().signal,
      isOver: async (isIdle) => {
        asked.push(isIdle)
        return asked.length === 3
      },
    },
  )
  while (asked.length < 3) await turn()
  end()
  await driving
  expect(asked).toEqual([true, false, false])
})
