import { expect, test } from 'vitest'
import { ApiProblem } from './problem.ts'
import { Repeats } from './repeats.ts'

function refusal(money: 'no' | 'unknown'): ApiProblem {
  const words = { type: '', title: '', status: 0, detail: 'refused', code: 'E', where: null, fix: null }
  return new ApiProblem({ ...words, money })
}

/** The keys under which one wish after the other went out, with what was answered to each. */
async function keysOf(
  tries: readonly (readonly [wish: string, answer: ApiProblem | null])[],
): Promise<string[]> {
  const [repeats, keys] = [new Repeats(), new Array<string>()]
  for (const [wish, answer] of tries) {
    const done = repeats.once({ wish }, (key) => {
      keys.push(key)
      return answer === null ? Promise.resolve('done') : Promise.reject(answer)
    })
    await done.catch(() => undefined)
  }
  return keys
}

test('a wish of which nobody knows the fate is tried again under its key', async () => {
  const [first, again, after] = await keysOf([
    ['a', refusal('unknown')],
    ['a', null],
    ['a', null],
  ])
  expect(again).toBe(first)
  expect(after).not.toBe(first)
})

test('another wish, and one after a clear refusal, has a key of its own', async () => {
  expect(
    new Set(
      await keysOf([
        ['a', refusal('no')],
        ['a', refusal('unknown')],
        ['b', null],
      ]),
    ).size,
  ).toBe(3)
})
