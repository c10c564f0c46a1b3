import { AssertionError } from 'node:assert/strict'
import { expect } from 'vitest'
import type { Runner } from '../../src/testing/runner.ts'

/** Which tests of a suite fail, of those whose name has this text. */
export async function failing(suite: (runner: Runner) => void, named: string): Promise<readonly string[]> {
  const cases: { readonly name: string; readonly body: () => Promise<void> }[] = []
  suite({
    describe: (_name, body) => body(),
    test: (name, body) => cases.push({ name, body }),
  })
  const failed: string[] = []
  for (const { name, body } of cases.filter((each) => each.name.includes(named)))
    try {
      await body()
    } catch (thrown) {
      expect(thrown, `${name} fails by an assertion`).toBeInstanceOf(AssertionError)
      failed.push(name)
    }
  return failed
}
