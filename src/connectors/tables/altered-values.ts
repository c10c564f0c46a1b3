import { isRawNumber } from '../../planning/text/raw-numbers.ts'

/**
 * A function from a value to what a column of PostgreSQL would silently make of it, as the end of a sentence; null: it
 * holds the value, or refuses it itself.
 */
export type Alteration = (value: unknown) => string | null

/**
 * The silent alteration of values by a type of PostgreSQL, by the type as `format_type` writes it, without domains:
 * decimals beyond a scale, the time of a date, an offset, blanks behind the length. Null: it takes all as it is, or
 * says no. Not among them: fractions that are numbers of JavaScript, which `roundingBy` tells, and a `Date`, which the
 * job's own code makes.
 */
export function alterationBy(type: string): Alteration | null {
  if (type.endsWith('[]')) {
    const ofItem = alterationBy(type.slice(0, -2))
    return ofItem && ((value) => firstOf(value, ofItem))
  }
  const [, name = type, first, second, suffix = ''] =
    /^([a-z" ]+)(?:\((\d+)(?:,(-?\d+))?\)(.*))?$/.exec(type) ?? []
  const bound = first === undefined ? null : Number(first)
  switch (name + suffix) {
    case 'numeric':
      return bound === null ? null : beyondScale(Number(second ?? 0), type)
    case 'real':
      return (value) => notExact(value, shownInReal, type)
    case 'double precision':
      return (value) => notExact(value, (number) => number, type)
    case 'date':
      return ofText((text) => ofCalendar(text) ?? timeOfDate(text))
    case 'timestamp without time zone':
    case 'time without time zone':
      return ofText(
        (text) => ofCalendar(text) ?? offsetOf(text, type) ?? beyondFraction(text, bound ?? 6, type),
      )
    case 'timestamp with time zone':
    case 'time with time zone':
      return ofText((text) => ofCalendar(text) ?? beyondFraction(text, bound ?? 6, type))
    case 'interval':
      return ofText((text) => beyondFraction(text, bound ?? 6, type))
    case 'character varying':
      return bound === null ? null : ofText((text) => blanksBehind(text, bound, type))
    case '"char"':
      return ofText((text) => longerThan(text, 1, type))
    case 'name':
      return ofText((text) => longerThan(text, 63, type))
    default:
      return null
  }
}

/** The rounding of a number of JavaScript by a column, as the end of a sentence; null: it holds it. */
export function roundingBy(type: string): Alteration | null {
  const scale = /^numeric\(\d+,(-?\d+)\)(?:\[\])*$/.exec(type)?.[1]
  if (scale === undefined) return null
  const ofNumber: Alteration = (value) => {
    if (Array.isArray(value)) return firstOf(value, ofNumber)
    return typeof value === 'number' && (decimalsOf(String(value)) ?? 0) > Number(scale)
      ? `${String(value)} is rounded, as ${type} keeps ${scale} of its decimals`
      : null
  }
  return ofNumber
}

function firstOf(value: unknown, alteration: Alteration): string | null {
  if (!Array.isArray(value)) return null
  for (const item of value) {
    const found = Array.isArray(item) ? firstOf(item, alteration) : alteration(item)
    if (found !== null) return found
  }
  return null
}

function ofText(alteration: (text: string) => string | null): Alteration {
  return (value) => (typeof value === 'string' ? alteration(value) : null)
}

/** The text of a number that is exact: one that is written out, a bigint, and a whole number. */
function exactText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : null
  return typeof value === 'object' && value !== null && isRawNumber(value) ? value.rawJSON : null
}

function beyondScale(scale: number, type: string): Alteration {
  return (value) => {
    const text = exactText(value)
    const decimals = text === null ? null : decimalsOf(text)
    if (decimals === null || decimals <= scale) return null
    return `is ${text}, of which ${type} ${scale < 0 ? 'keeps less' : `keeps ${scale} decimals`}: round it in the job, or make room in the column`
  }
}

/** How many decimals a number has without the zeros at its end, below 0 for those before its point; null: the text is none. */
function decimalsOf(text: string): number | null {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^\s*[+-]?(\d*)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text) ?? []
  const digits = whole + fraction
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? null : fraction.length - (digits.length - kept.length) - Number(exponent)
}

/**
 * Whole numbers only: of fractions such a type keeps some digits, as everybody knows of it. A number that the type shows
 * again as it was given is one that it holds, as 7836519000 is of `real`.
 */
function notExact(value: unknown, shownAs: (number: number) => number, type: string): string | null {
  if (typeof value === 'number') {
    const shown = shownAs(value)
    return Number.isInteger(value) && Number.isFinite(shown) && shown !== value
      ? inexact(value, shown, type)
      : null
  }
  const text = exactText(value)?.trim() ?? ''
  if (!/^[+-]?\d+$/.test(text)) return null
  const shown = shownAs(Number(text))
  // What is beyond all numbers the type refuses itself, and `20000000000000000000000` is how JSON has 2e22.
  if (!Number.isFinite(shown) || String(shown) === text || BigInt(shown) === BigInt(text.replace('+', '')))
    return null
  return inexact(text, shown, type)
}

/** The number of 32 bits by the fewest digits that tell it, as PostgreSQL shows it (9 always do). */
function shownInReal(number: number): number {
  const held = Math.fround(number)
  const shown = [6, 7, 8].map((digits) => Number(held.toPrecision(digits)))
  return shown.find((one) => Math.fround(one) === held) ?? Number(held.toPrecision(9))
}

function inexact(given: string | number, shown: number, type: string): string {
  return `is ${given}, which ${type} does not hold exactly: ${BigInt(shown)}`
}

/** Words that stand for the moment of writing, and days that one country reads in another way than the next. */
function ofCalendar(text: string): string | null {
  const bare = text.trim()
  if (/^(?:now|today|tomorrow|yesterday|allballs|epoch)$/i.test(bare))
    return `is "${bare}", which the database takes for another moment at each writing: give the date`
  return /^\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}\b/.test(bare)
    ? `is "${bare}", of which nobody can tell the day from the month: write 2026-01-31`
    : null
}

function timeOfDate(text: string): string | null {
  const time = /^\s*\d{4,}-\d\d-\d\d[T ]+(\d[\d:.]*)/i.exec(text)?.[1]
  return time !== undefined && /[1-9]/.test(time)
    ? `is "${text}", of which a date keeps no time: give the day alone`
    : null
}

function offsetOf(text: string, type: string): string | null {
  const offset = /\d:\d\d(?::[\d.]+)?\s*([+-]\d[\d:]*|[a-z][a-z/_]*)/i.exec(text)?.[1]
  if (offset === undefined || /^(?:[+-][0:]+|z|utc|gmt|am|pm|bc|ad)$/i.test(offset)) return null
  return `is "${text}", of which ${type} does not keep ${offset}: give the time in UTC, or make it a column with time zone`
}

function beyondFraction(text: string, most: number, type: string): string | null {
  const fraction = /:\d\d\.(\d+)/.exec(text)?.[1]?.replace(/0+$/, '') ?? ''
  return fraction.length > most
    ? `is "${text}", of which ${type} keeps ${most} decimals of a second: round it in the job`
    : null
}

function blanksBehind(text: string, most: number, type: string): string | null {
  if (text.length <= most || !text.endsWith(' ')) return null
  const [has, kept] = [text, text.trimEnd()].map((one) => Array.from(one).length)
  return (has ?? 0) > most && (kept ?? 0) <= most
    ? `has ${has} characters, and ${type} cuts the blanks at its end: trim it in the job`
    : null
}

function longerThan(text: string, most: number, type: string): string | null {
  return Buffer.byteLength(text) > most ? `is longer than ${type} holds (${most} bytes), which cuts it` : null
}
