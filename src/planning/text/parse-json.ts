/** Deeper than any schema of a provider goes (strict structured output: 10 levels), and far from what a stack holds. */
const maxDepth = 512
/** Lists and objects; each takes some dozens of bytes of memory for two bytes of text. */
const maxParts = 2_000_000
/** A text that is no longer cannot do harm, whatever it holds. */
const harmlessLength = 2_048

/**
 * The value of JSON that somebody else has written. Throws an Error for what is no JSON, is nested more than 512 deep
 * or has more than two million lists and objects: some megabytes of brackets would take a hundred times their size, and
 * what walks through them its whole stack.
 */
export function parseJson(text: string): unknown {
  if (text.length > harmlessLength && hasMany(text)) check(text)
  return JSON.parse(text)
}

/** Whether there are so many brackets, also those inside of texts, that they have to be looked at one by one. */
function hasMany(text: string): boolean {
  let found = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1))
      if (++found > maxDepth) return true
  }
  return false
}

function check(text: string): void {
  let [depth, parts, quoted] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (quoted) {
      if (unit === 0x5c) at++
      else if (unit === 0x22) quoted = false
    } else if (unit === 0x22) quoted = true
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > maxDepth) throw new Error(`it is nested more than ${maxDepth} deep`)
      if (++parts > maxParts) throw new Error(`it has more than ${maxParts} lists and objects`)
    } else if (unit === 0x5d || unit === 0x7d) depth--
  }
}
