import { expect, test } from 'vitest'
import { KeyRegistry } from './registry.ts'

function registry(): { readonly keys: KeyRegistry; readonly done: string[] } {
  const [keys, done] = [new KeyRegistry(), new Array<string>()]
  const bind = (name: string, words: string, inDialog: boolean = false) =>
    keys.add({ keys: name, words, group: '', inDialog, act: () => done.push(words) })
  bind('g r', 'runs')
  bind('g j', 'jobs')
  bind('j', 'next')
  bind('j', 'next in the dialog', true)
  return { keys, done }
}

test('a sequence does what its keys say, and each key alone still does its own', () => {
  const { keys, done } = registry()
  expect(keys.press('g', 0, false)).toBe(true)
  expect(keys.press('j', 500, false)).toBe(true)
  expect(keys.press('j', 600, false)).toBe(true)
  expect(done).toEqual(['jobs', 'next'])
})

test('a sequence that is broken off or slow is none', () => {
  const { keys, done } = registry()
  keys.press('g', 0, false)
  expect(keys.press('x', 100, false)).toBe(false)
  keys.press('g', 200, false)
  expect(keys.press('r', 5_000, false)).toBe(false)
  expect(done).toEqual([])
})

test('an open dialog has keys of its own', () => {
  const { keys, done } = registry()
  keys.press('j', 0, true)
  expect(keys.press('g', 0, true)).toBe(false)
  expect(done).toEqual(['next in the dialog'])
})

test('the last who binds a key has it, until it detaches', () => {
  const { keys, done } = registry()
  const release = keys.add({
    keys: 'j',
    words: 'mine',
    group: '',
    inDialog: false,
    act: () => done.push('mine'),
  })
  keys.press('j', 0, false)
  release()
  keys.press('j', 0, false)
  expect(done).toEqual(['mine', 'next'])
})
