import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** The assertion that a value has the fields that are expected, whatever others it has; lists have the same length. */
export function matches(actual: unknown, expected: unknown): void {
  assert.deepEqual(likeExpected(actual, expected), expected)
}

/** The assertion that a list has an item that equals this one. */
export function contains(list: readonly unknown[], item: unknown): void {
  assert.ok(
    list.some((each) => equals(each, item)),
    `${JSON.stringify(list)} has no ${JSON.stringify(item)}`,
  )
}

/** The error of an act that must fail with this code; `what` is the sentence that does not hold otherwise. */
export async function failsWith(code: string, act: Promise<unknown>, what: string): Promise<Error> {
  const thrown: unknown = await act.then(
    () => null,
    (reason: unknown) => reason,
  )
  const found = thrown === null ? 'nothing is thrown' : `this is thrown: ${describeThrown(thrown)}`
  assert.ok(thrown instanceof Error && codeOf(thrown) === code, `${what} throws ${code}, but ${found}`)
  return thrown
}

function describeThrown(thrown: unknown): string {
  const code = codeOf(thrown)
  return `${code === null ? '' : `${code}, `}${thrown instanceof Error ? thrown.message : String(thrown)}`
}

function codeOf(thrown: unknown): string | null {
  const code: unknown = isObject(thrown) ? thrown['code'] : null
  return typeof code === 'string' ? code : null
}

/** An assertion repeated until it holds; after `withinMs` milliseconds it fails with what it said last. */
export async function eventually(check: () => Promise<void>, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; ; await sleep(50)) {
    try {
      await check()
      return
    } catch (thrown) {
      if (Date.now() >= end) throw thrown
    }
  }
}

/** The value without the fields that nobody has an expectation of. */
function likeExpected(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected))
    return actual.map((each, index) => (index < expected.length ? likeExpected(each, expected[index]) : each))
  if (!isObject(actual) || !isPlain(expected)) return actual
  const names = Object.keys(expected).filter((name) => name in actual)
  return Object.fromEntries(names.map((name) => [name, likeExpected(actual[name], expected[name])]))
}

function equals(one: unknown, other: unknown): boolean {
  try {
    assert.deepEqual(one, other)
    return true
  } catch {
    return false
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
