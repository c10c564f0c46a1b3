import { parseJson } from './parse-json.ts'

/**
 * The value of JSON that somebody else has written, by the rules of `parseJson`, with every digit of its whole numbers:
 * see `withExactNumbers`.
 */
export function parseExactJson(text: string): unknown {
  return withExactNumbers(parseJson(text), text)
}

/**
 * The value of a JSON text as `JSON.parse` gives it, with `exactNumber` in the place of its numbers. Values are looked
 * through, not the text, which is longer; only where one of them is too large is the text gone through for numbers and
 * parsed once more. (A reviver of `JSON.parse` would know how a number is written, too; it takes three times as long.)
 */
export function withExactNumbers(value: unknown, text: string): unknown {
  return hasLargeNumber(value) || hasTinyNumber(text) ? exactly(text) : value
}

/** Whether a text may have a number that is nearer to 0 than any but 0: prose is told from it by its digits. */
function hasTinyNumber(text: string): boolean {
  return (text.includes('e-') || text.includes('E-')) && /\d[eE]-\d{3}/.test(text)
}

/**
 * A number of JSON as JavaScript can hold it: a number, or its own text where a number would lose a part of what stands
 * before the decimal point. Text is what is written out beyond ±(2^53 - 1), and what has an exponent and would be
 * written otherwise than it is (`1e400`, `1e-400`, `9007199254740993e0`, not `6.02e23`).
 */
export function exactNumber(text: string): number | string {
  const value = Number(text)
  if (value === 0 && /^-?[\d.]*[1-9]/.test(text)) return text
  if (!isLarge(value)) return value
  return /[eE]/.test(text) && Number.isFinite(value) && isSameDecimal(text, String(value)) ? value : text
}

/** Whether a text is a number that `exactNumber` leaves a text. */
export function isNumberAsText(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && typeof exactNumber(text) === 'string'
}

/** Whether any number in a value of JSON is one that its text may not have been. */
export function hasLargeNumber(value: unknown): boolean {
  if (typeof value === 'number') return isLarge(value)
  if (typeof value !== 'object' || value === null) return false
  for (const item of Array.isArray(value) ? value : Object.values(value))
    if (typeof item === 'number' ? isLarge(item) : typeof item === 'object' && hasLargeNumber(item))
      return true
  return false
}

function isLarge(value: number): boolean {
  return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER
}

/** The lists and objects in which a number became a text: nothing else tells such texts from those of the source. */
const withNumbersAsText = new WeakSet<object>()

function exactly(text: string): unknown {
  const value: unknown = JSON.parse(withTexts(text))
  if (typeof value === 'object' && value !== null) withNumbersAsText.add(value)
  return value
}

/** Whether this very value is one that was parsed here, with a number in it that is a text now. */
export function hasNumbersAsText(value: unknown): boolean {
  return typeof value === 'object' && value !== null && withNumbersAsText.has(value)
}

const [quote, backslash, minus, zero, nine] = [0x22, 0x5c, 0x2d, 0x30, 0x39]
const numberHere = /-?\d[\d.eE+-]*/y
/** Of as many characters is the shortest whole number that a number may not hold. */
const leastLength = 16

/** A JSON text that is known to be one, with quotes around the numbers that `exactNumber` leaves text. */
function withTexts(json: string): string {
  let quoted = ''
  let from = 0
  for (let at = 0; at < json.length;) {
    const unit = json.charCodeAt(at)
    if (unit === quote) at = behindText(json, at)
    else if (unit === minus || (unit >= zero && unit <= nine)) {
      numberHere.lastIndex = at
      const [number = ''] = numberHere.exec(json) ?? []
      const mayBeLarge = number.length >= leastLength || /[eE]/.test(number)
      if (mayBeLarge && typeof exactNumber(number) === 'string') {
        quoted += `${json.slice(from, at)}"${number}"`
        from = at + number.length
      }
      at += number.length
    } else at += 1
  }
  return quoted + json.slice(from)
}

/** Where the text that begins with a quote at this place has ended. */
function behindText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let at = end - 1
    while (json.charCodeAt(at) === backslash) at -= 1
    // Pairs of backslashes are backslashes; one more makes the quote a part of the text.
    if ((end - at) % 2 === 1) return end + 1
  }
}

/**
 * How a JSON object writes a field of its own that is a number: `1.10`, `1e2`, `-0`. `quoted` is its name as JSON. It is
 * parsed once more only where the number is not written as `String` does it, or is not at once found to be that of the
 * outermost object.
 */
export function numberAsWritten(json: string, quoted: string, value: number): string {
  const at = json.indexOf(quoted)
  const usual = String(value)
  if (at > 0 && isWritten(json, at + quoted.length, usual) && isOwn(json, at, quoted)) return usual
  const name: unknown = JSON.parse(quoted)
  // A field of the same name further inside is seen as well: which is which only the finished object tells.
  const parsed: unknown = JSON.parse(json, (key, item: unknown, written?: { readonly source?: string }) =>
    key === name && typeof item === 'number' ? new Written(written?.source ?? String(item)) : item,
  )
  const found: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, String(name)) : null
  return found instanceof Written ? found.text : usual
}

const [colon, comma, blank, closing] = [0x3a, 0x2c, 0x20, 0x7d]

/** Whether a colon and this number stand here, with a blank between them or none, as most programs write it. */
function isWritten(json: string, at: number, number: string): boolean {
  if (json.charCodeAt(at) !== colon) return false
  const from = json.charCodeAt(at + 1) === blank ? at + 2 : at + 1
  const behind = json.charCodeAt(from + number.length)
  return (behind === comma || behind === closing) && json.startsWith(number, from)
}

/** Whether a name here is of the outermost object: no other has begun before, or the name is there only once. */
function isOwn(json: string, at: number, quoted: string): boolean {
  if (json.charCodeAt(at - 1) === backslash) return false
  return json.lastIndexOf('{', at) === json.indexOf('{') || json.lastIndexOf(quoted) === at
}

class Written {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function isSameDecimal(one: string, other: string): boolean {
  const [first, second] = [decimalOf(one), decimalOf(other)]
  return first.digits === second.digits && first.exponent === second.exponent
}

/** The digits of a number without zeros around them, and the power of ten that the last of them has. */
function decimalOf(text: string): { readonly digits: string; readonly exponent: bigint } {
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^(-?)0+(?=\d)/, '$1')
  const bare = digits.replace(/0+$/, '')
  return {
    digits: bare,
    exponent: BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - bare.length),
  }
}
