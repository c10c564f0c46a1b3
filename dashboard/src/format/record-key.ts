/** Between the parts of a composite key (U+001F, unit separator). */
const separator = '\u001f'
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const escaped = /\u0010([0-9a-f]{4})/g

/** What nobody sees, or what a terminal, a shell or an editor takes away. */
const unseen =
  /[\p{Cc}\p{Cs}\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[^\S ]|^ | $|(?<= ) /gu
const unitName = /\\u([0-9a-f]{4})/g

/** A key as people read and type it: docs/tables.md has the rule. */
export function typedKey(key: string): string {
  const [only = '', ...others] = key
    .split(separator)
    .map((part) => part.replaceAll(escaped, (_, digits: string) => unitOf(digits)))
  if (others.length > 0) return [only, ...others].map((part) => shown(part, /[\\/]/g)).join('/')
  return only.search(unseen) >= 0 || namesUnits(only) ? shown(only, /\\/g) : only
}

/** A key as it is typed in a list, which has commas between keys, or the name of a file behind `@`. */
export function listedKey(key: string): string {
  const typed = typedKey(key)
  const text = typed === key && /^@|,/.test(key) ? shown(key, /\\/g) : typed
  return text.replaceAll(',', '\\u002c').replace(/^@/, '\\u0040')
}

function shown(part: string, marked: RegExp): string {
  return part.replaceAll(marked, '\\$&').replaceAll(unseen, (unit) => `\\u${hexOf(unit)}`)
}

/** Whether a text holds what would be read as the name of a character that has to be named. */
function namesUnits(text: string): boolean {
  return [...text.matchAll(unitName)].some(([, digits = '']) => {
    const unit = unitOf(digits)
    return unit === ',' || unit === '@' || unit.search(unseen) >= 0
  })
}

function hexOf(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0')
}

function unitOf(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16))
}
