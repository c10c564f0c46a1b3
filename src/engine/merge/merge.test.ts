import { setImmediate as soon } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type MergeTurn, MergeTurns } from './merge.ts'

async function hasCome(turn: MergeTurn | null): Promise<boolean> {
  let come = false
  void turn?.come.then(() => (come = true))
  await soon()
  return come
}

test('two merge at once, one waits, and all others come again', async () => {
  const turns = new MergeTurns()
  const [first, second, third] = [turns.ask(), turns.ask(), turns.ask()]
  expect(turns.ask()).toBeNull()
  expect([await hasCome(first), await hasCome(second)]).toEqual([true, true])
  expect(await hasCome(third)).toBe(false)
  second?.[Symbol.dispose]()
  expect(await hasCome(third)).toBe(true)
  const fourth = turns.ask()
  expect(fourth).not.toBeNull()
  expect(await hasCome(fourth)).toBe(false)
})

test('a turn that nobody waits for goes back, also one that never came', async () => {
  const turns = new MergeTurns()
  const [first, second, third] = [turns.ask(), turns.ask(), turns.ask()]
  third?.[Symbol.dispose]()
  first?.[Symbol.dispose]()
  second?.[Symbol.dispose]()
  const again = [turns.ask(), turns.ask()]
  expect(await Promise.all(again.map(hasCome))).toEqual([true, true])
  expect(await hasCome(turns.ask())).toBe(false)
})
