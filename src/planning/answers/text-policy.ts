import { isRawNumber } from '../text/raw-numbers.ts'

/**
 * Treatment of text that a database cannot hold: `reject` names the place, `replace` takes NUL out, turns lone
 * surrogates into U+FFFD and counts them. (PostgreSQL refuses NUL in text and jsonb and lone surrogates in jsonb:
 * SQLSTATE 22021, 22P05, 22P02.)
 */
export type TextPolicy = 'reject' | 'replace'

export interface TextLimits {
  /** How deep lists and objects may be nested. */
  readonly maxDepth: number
  /** How many values there may be in all. */
  readonly maxValues: number
}

export const textLimits: TextLimits = { maxDepth: 128, maxValues: 1_000_000 }

/** The value under a policy; `problem` (null: none) says why it cannot be used at all. */
export interface PolicedText {
  readonly value: unknown
  /** How many characters were taken out or replaced. */
  readonly replaced: number
  readonly problem: string | null
}

/**
 * Why a JSON-like value cannot be used, with the path of the first place (`topics.2: holds a NUL character`), null
 * when it can: NUL, lone surrogates, numbers that JSON does not have, and what is too deep or too large. Reads own
 * keys and values only, without recursion.
 */
export function textProblem(value: unknown, limits: TextLimits = textLimits): string | null {
  return applyTextPolicy(value, 'reject', limits).problem
}

/**
 * A JSON-like value under a policy: the value itself when nothing had to be replaced, else a repaired copy. Keys are
 * never mended, as two of them could become one: a bad key is a problem under both policies.
 */
export function applyTextPolicy(
  value: unknown,
  policy: TextPolicy,
  limits: TextLimits = textLimits,
): PolicedText {
  if (typeof value === 'string') return policeString(value, policy)
  const problem = firstProblem(value, limits, policy === 'reject')
  if (problem !== null) return { value, replaced: 0, problem }
  return policy === 'reject' ? { value, replaced: 0, problem } : mend(value)
}

function policeString(text: string, policy: TextPolicy): PolicedText {
  const problem = stringProblem(text)
  if (problem === null || policy === 'reject') return { value: text, replaced: 0, problem }
  const { text: value, replaced } = mendString(text)
  return { value, replaced, problem: null }
}

/**
 * The last texts that were found fine, of those that are long enough to matter and short enough to keep. What is written
 * of an answer is for the most part the very texts that were looked at when it was read, and the same string is told
 * from another at once.
 */
const foundFine = ['', '', '', '']
const [longEnough, shortEnough] = [200, 20_000]
let oldest = 0

function stringProblem(text: string): string | null {
  const isKept = text.length >= longEnough && text.length <= shortEnough
  if (isKept && foundFine.includes(text)) return null
  if (text.includes('\0')) return 'holds a NUL character (U+0000)'
  if (!text.isWellFormed()) return 'holds a lone surrogate (half of a UTF-16 pair)'
  if (isKept) {
    foundFine[oldest] = text
    oldest = (oldest + 1) % foundFine.length
  }
  return null
}

function mendString(text: string): { readonly text: string; readonly replaced: number } {
  let replaced = 0
  // oxlint-disable-next-line no-control-regex
  const mended = text.replace(/\0|\p{Cs}/gu, (found) => {
    replaced += 1
    return found === '\0' ? '' : '\ufffd'
  })
  return { text: mended, replaced }
}

/** A list or object on the way from the root to the value at hand; `at` is the next of its values. */
interface Level {
  readonly container: object
  /** Own keys; for a list its indices are counted instead. */
  readonly keys: readonly string[] | null
  readonly size: number
  at: number
}

function open(container: object): Level {
  if (Array.isArray(container)) return { container, keys: null, size: container.length, at: 0 }
  const keys = ArrayBuffer.isView(container) ? [] : Object.keys(container)
  return { container, keys, size: keys.length, at: 0 }
}

function keyAt(level: Level, at: number): string | number {
  return level.keys?.[at] ?? at
}

/** Depth first, in the order of the text, so that the first problem is the one a reader would meet first. */
function firstProblem(root: unknown, limits: TextLimits, strict: boolean): string | null {
  const levels: Level[] = []
  let value = root
  let seen = 0
  for (;;) {
    seen += 1
    if (seen > limits.maxValues) return `holds more than ${limits.maxValues} values`
    const problem = ownProblem(value, strict)
    if (problem !== null) return atPath(levels, problem)
    if (typeof value === 'object' && value !== null) {
      if (levels.length >= limits.maxDepth) return `is nested more than ${limits.maxDepth} levels deep`
      if (isVector(value, limits.maxValues - seen)) seen += value.length
      else levels.push(open(value))
    }
    let top = levels.at(-1)
    while (top !== undefined && top.at === top.size) {
      levels.pop()
      top = levels.at(-1)
    }
    if (top === undefined) return null
    const key = keyAt(top, top.at)
    const badKey = typeof key === 'string' ? stringProblem(key) : null
    if (badKey !== null) return atPath(levels.slice(0, -1), `a key ${badKey}`)
    value = Reflect.get(top.container, key)
    top.at += 1
  }
}

/** A list of thousands of numbers, all in order, is not gone through one by one. */
function isVector(value: object, maxLength: number): value is readonly number[] {
  return Array.isArray(value) && value.length <= maxLength && value.every(Number.isFinite)
}

function ownProblem(value: unknown, strict: boolean): string | null {
  if (typeof value === 'string') return strict ? stringProblem(value) : null
  return typeof value === 'number' && !Number.isFinite(value) ? `is ${value}, which JSON does not have` : null
}

function atPath(levels: readonly Level[], problem: string): string {
  const path = levels.map((level) => keyAt(level, level.at - 1)).join('.')
  return path === '' ? problem : `${path}: ${problem}`
}

/** A copy with every text mended; what is no list and no plain object stays the same object. */
function mend(root: unknown): PolicedText {
  let replaced = 0
  const pending: { readonly from: object; readonly to: object }[] = []
  function copyOf(value: unknown): unknown {
    if (typeof value === 'string') {
      if (stringProblem(value) === null) return value
      const mended = mendString(value)
      replaced += mended.replaced
      return mended.text
    }
    if (!isCopied(value)) return value
    const to = Array.isArray(value) ? [] : {}
    pending.push({ from: value, to })
    return to
  }
  const value = copyOf(root)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const level = open(next.from)
    for (let at = 0; at < level.size; at += 1) {
      const key = keyAt(level, at)
      // Defined, not assigned: assigning `__proto__` would set the prototype.
      const field = {
        value: copyOf(Reflect.get(level.container, key)),
        enumerable: true,
        writable: true,
        configurable: true,
      }
      Object.defineProperty(next.to, key, field)
    }
  }
  return { value: replaced === 0 ? root : value, replaced, problem: null }
}

function isCopied(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null) return !isRawNumber(value)
  return Array.isArray(value) || prototype === Object.prototype
}
