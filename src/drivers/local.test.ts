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
