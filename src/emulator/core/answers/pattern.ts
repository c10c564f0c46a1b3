import { type Random, between, pick } from '../random.ts'

/** Repeats of `*`, `+` and `{n,}` beyond their minimum. */
const extraRepeats = 3
const wordChars = 'abcdefghijklmnopqrstuvwxyz'
const digitCharacters = '0123456789'

/** A text that matches a simple regular expression, or `null` where this reader gives up. */
export function matchPattern(pattern: string, random: Random): string | null {
  const reader = { text: pattern, at: 0, random }
  try {
    const made = readAlternatives(reader)
    return reader.at === pattern.length && new RegExp(pattern, 'u').test(made) ? made : null
  } catch {
    return null
  }
}

interface Reader {
  readonly text: string
  at: number
  readonly random: Random
}

function readAlternatives(reader: Reader): string {
  const options = [readSequence(reader)]
  while (reader.text[reader.at] === '|') {
    reader.at += 1
    options.push(readSequence(reader))
  }
  return pick(options, reader.random) ?? ''
}

function readSequence(reader: Reader): string {
  let made = ''
  while (reader.at < reader.text.length && !')|'.includes(reader.text[reader.at] ?? '')) {
    const start = reader.at
    let piece = readAtom(reader)
    const atomEnd = reader.at
    const [min, max] = readRepeat(reader)
    const afterRepeat = reader.at
    const count = between(min, max, reader.random)
    if (count === 0) piece = ''
    for (let repeat = 1; repeat < count; repeat += 1) {
      // Reading the atom again makes another choice.
      reader.at = start
      piece += readAtom(reader)
      if (reader.at !== atomEnd) throw new Error('unsteady atom')
    }
    reader.at = afterRepeat
    made += piece
  }
  return made
}

function readRepeat(reader: Reader): readonly [min: number, max: number] {
  const symbol = reader.text[reader.at]
  const simple = { '?': [0, 1], '*': [0, extraRepeats], '+': [1, 1 + extraRepeats] } as const
  if (symbol === '?' || symbol === '*' || symbol === '+') {
    reader.at += 1
    return simple[symbol]
  }
  const braces = /^\{(\d+)(,?)(\d*)\}/.exec(reader.text.slice(reader.at))
  if (!braces) return [1, 1]
  reader.at += braces[0].length
  const min = Number(braces[1])
  const max = braces[2] === '' ? min : braces[3] === '' ? min + extraRepeats : Number(braces[3])
  return [min, Math.min(max, min + 20)]
}

function readAtom(reader: Reader): string {
  const symbol = reader.text[reader.at] ?? ''
  reader.at += 1
  if (symbol === '^' || symbol === '$') return ''
  if (symbol === '.') return pick(wordChars.split(''), reader.random) ?? 'a'
  if (symbol === '[') return readClass(reader)
  if (symbol === '\\') return readEscape(reader)
  if (symbol !== '(') return symbol
  if (reader.text[reader.at] === '?') {
    if (reader.text[reader.at + 1] !== ':') throw new Error('look-around')
    reader.at += 2
  }
  const made = readAlternatives(reader)
  if (reader.text[reader.at] !== ')') throw new Error('open group')
  reader.at += 1
  return made
}

function escapeChars(letter: string): string {
  if (letter === 'd') return digitCharacters
  if (letter === 'w') return wordChars + digitCharacters
  if (letter === 's') return ' '
  if (/[a-zA-Z]/.test(letter)) throw new Error('unknown escape')
  return letter
}

function readEscape(reader: Reader): string {
  const letter = reader.text[reader.at] ?? ''
  reader.at += 1
  return pick(escapeChars(letter).split(''), reader.random) ?? ''
}

function readClass(reader: Reader): string {
  if (reader.text[reader.at] === '^') throw new Error('negated class')
  const chars: string[] = []
  while (reader.text[reader.at] !== ']') {
    let symbol = reader.text[reader.at]
    if (symbol === undefined) throw new Error('open class')
    reader.at += 1
    if (symbol === '\\') {
      symbol = reader.text[reader.at] ?? ''
      reader.at += 1
      chars.push(...escapeChars(symbol).split(''))
      continue
    }
    const end = reader.text[reader.at + 1]
    if (reader.text[reader.at] === '-' && end !== undefined && end !== ']') {
      for (let code = symbol.charCodeAt(0); code <= end.charCodeAt(0); code += 1)
        chars.push(String.fromCharCode(code))
      reader.at += 2
    } else {
      chars.push(symbol)
    }
  }
  reader.at += 1
  return pick(chars, reader.random) ?? ''
}
