/**
 * An approximate token count: a scan over character classes, tuned to stay a little below what the
 * o200k vocabulary gives for English (a test holds the ratio). It is not a tokenizer and need not be:
 * the emulator only has to bill and limit believably, at more than 100 MB/s.
 */
const letterClass = 1
const digitClass = 2
const spaceClass = 3
const newline = 4

const characterClasses = new Uint8Array(128)
for (let code = 0; code < 128; code += 1) {
  const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  if (letter) characterClasses[code] = letterClass
  else if (code >= 48 && code <= 57) characterClasses[code] = digitClass
  else if (code === 32 || code === 9 || code === 13) characterClasses[code] = spaceClass
  else if (code === 10) characterClasses[code] = newline
}

/** Longest run of Latin letters that is usually one token; longer words count one more per this many. */
const lettersPerToken = 11
const digitsPerToken = 3
/** Runs of punctuation share tokens. */
const marksPerToken = 3
/** Letters outside ASCII: CJK and the like, and accented Latin, Greek, Cyrillic. */
const wideTokensPerChar = 0.72
const accentedTokensPerChar = 0.6
/** Keeps the count below the real one for plain English, where nearly every word is one token. */
const scale = 0.96

export function countTokens(text: string): number {
  return Math.ceil(scan(text, Infinity).tokens * scale)
}

/** The longest beginning of `text` that counts at most `maxTokens`. */
export function firstTokens(text: string, maxTokens: number): string {
  const { end } = scan(text, maxTokens / scale)
  return end >= text.length ? text : text.slice(0, wholeCharacters(text, end))
}

/** Never cuts between the halves of a surrogate pair. */
export function wholeCharacters(text: string, end: number): number {
  const code = text.charCodeAt(end - 1)
  return code >= 0xd800 && code <= 0xdbff ? end - 1 : end
}

function scan(text: string, maxTokens: number): { tokens: number; end: number } {
  const { length } = text
  let tokens = 0
  let index = 0
  while (index < length) {
    const start = index
    const code = text.charCodeAt(index)
    let cost = 0
    if (code >= 128) {
      cost = code >= 0x2e80 ? wideTokensPerChar : accentedTokensPerChar
      index += 1
    } else {
      const kind = characterClasses[code]
      index += 1
      while (index < length) {
        const next = text.charCodeAt(index)
        if (next >= 128 || characterClasses[next] !== kind) break
        index += 1
      }
      const run = index - start
      if (kind === letterClass) cost = Math.ceil(run / lettersPerToken)
      else if (kind === digitClass) cost = Math.ceil(run / digitsPerToken)
      else if (kind === newline) cost = 1
      else if (kind === spaceClass) cost = run > 1 ? 1 : 0
      else cost = Math.ceil(run / marksPerToken)
    }
    if (tokens + cost > maxTokens) return { tokens, end: start }
    tokens += cost
  }
  return { tokens, end: length }
}
