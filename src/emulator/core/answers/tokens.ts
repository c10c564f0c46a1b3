/**
 * An approximate token count: a scan over character classes, tuned to stay a little below what the
 * o200k vocabulary gives for English (a test holds the ratio). It is not a tokenizer and need not be:
 * the emulator only has to bill and limit believably, at more than 100 MB/s.
 */
const LETTER = 1
const DIGIT = 2
const SPACE = 3
const NEWLINE = 4

const CLASSES = new Uint8Array(128)
for (let code = 0; code < 128; code += 1) {
  const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  if (letter) CLASSES[code] = LETTER
  else if (code >= 48 && code <= 57) CLASSES[code] = DIGIT
  else if (code === 32 || code === 9 || code === 13) CLASSES[code] = SPACE
  else if (code === 10) CLASSES[code] = NEWLINE
}

/** Longest run of Latin letters that is usually one token; longer words count one more per this many. */
const LETTERS_PER_TOKEN = 11
const DIGITS_PER_TOKEN = 3
/** Runs of punctuation share tokens. */
const MARKS_PER_TOKEN = 3
/** Letters outside ASCII: CJK and the like, and accented Latin, Greek, Cyrillic. */
const WIDE_TOKENS_PER_CHAR = 0.72
const ACCENTED_TOKENS_PER_CHAR = 0.6
/** Keeps the count below the real one for plain English, where nearly every word is one token. */
const SCALE = 0.96

export function countTokens(text: string): number {
  return Math.ceil(scan(text, Infinity).tokens * SCALE)
}

/** The longest beginning of `text` that counts at most `maxTokens`. */
export function firstTokens(text: string, maxTokens: number): string {
  const { end } = scan(text, maxTokens / SCALE)
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
      cost = code >= 0x2e80 ? WIDE_TOKENS_PER_CHAR : ACCENTED_TOKENS_PER_CHAR
      index += 1
    } else {
      const kind = CLASSES[code]
      index += 1
      while (index < length) {
        const next = text.charCodeAt(index)
        if (next >= 128 || CLASSES[next] !== kind) break
        index += 1
      }
      const run = index - start
      if (kind === LETTER) cost = Math.ceil(run / LETTERS_PER_TOKEN)
      else if (kind === DIGIT) cost = Math.ceil(run / DIGITS_PER_TOKEN)
      else if (kind === NEWLINE) cost = 1
      else if (kind === SPACE) cost = run > 1 ? 1 : 0
      else cost = Math.ceil(run / MARKS_PER_TOKEN)
    }
    if (tokens + cost > maxTokens) return { tokens, end: start }
    tokens += cost
  }
  return { tokens, end: length }
}
