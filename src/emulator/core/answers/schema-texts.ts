import { type Matter, extract } from './answer.ts'
import { between, pick } from '../random.ts'
import { wholeCharacters } from './tokens.ts'

const SHORT_TEXT_CHARS = 60
const TEXT_TOKENS = 90
const ALL_WORDS = 40

/** How much of the matter an answer has said already. */
export interface Said {
  sentences: number
  words: number
  phrases: number
}

/** Where a text is wanted. */
interface Place {
  readonly matter: Matter
  /** Name of the property. */
  readonly name: string
  readonly said: Said
}

/** Lists that hold words; others hold phrases. */
const WORD_LISTS = /topic|tag|keyword|categor|label|genre|term|word|name|title/i

/** Words or phrases that were not listed before, padded where the text has too few. */
export function listOfTexts(
  { matter, name, said }: Place,
  count: number,
  maxLength: number,
): readonly string[] {
  const long = maxLength < SHORT_TEXT_CHARS || WORD_LISTS.test(name) ? [] : phrasesOf(matter)
  const texts =
    long.length >= count
      ? take(long, said, 'phrases', count)
      : take(matter.topWords(ALL_WORDS), said, 'words', count)
  const missing = Array.from({ length: count - texts.length }, (_value, index) => `item ${index + 1}`)
  return [...texts, ...missing].map((text) => text.slice(0, maxLength))
}

/** The next so many of a list, around and around, or all of it. */
function take(list: readonly string[], said: Said, kind: keyof Said, count: number): readonly string[] {
  const from = said[kind] % Math.max(1, list.length)
  const taken = [...list.slice(from), ...list.slice(0, from)].slice(0, count)
  said[kind] += taken.length
  return taken
}

const MIN_PHRASE_CHARS = 12
const MAX_PHRASE_CHARS = 80

/** The parts of sentences between commas that can stand alone. */
function phrasesOf({ ranked }: Matter): readonly string[] {
  const phrases = ranked.flatMap((sentence) => sentence.replace(/[.!?]$/, '').split(/[,;:] /))
  return [...new Set(phrases)].filter(
    ({ length }) => length >= MIN_PHRASE_CHARS && length <= MAX_PHRASE_CHARS,
  )
}

const SHORT =
  /title|name|label|category|headline|topic|tag|heading|subject|code|unit|place|city|country|question/i

/** A word for a key, a phrase for a title, else sentences, from where the last string of the answer ended. */
export function textFor({ matter, name, said }: Place): string {
  if (name === 'key') return keyText(matter, said)
  if (SHORT.test(name)) return shortText(matter)
  const wanted = between(1, 3, matter.random)
  const from = said.sentences % Math.max(1, matter.ranked.length)
  said.sentences += wanted
  return extract(from === 0 ? matter : startingAt(matter, from), wanted, TEXT_TOKENS)
}

/** A word that no other key of the answer is: of few words, those of a later round have its number. */
function keyText(matter: Matter, said: Said): string {
  const words = matter.topWords(ALL_WORDS)
  const round = Math.floor(said.words / Math.max(1, words.length)) + 1
  const word = words[said.words % Math.max(1, words.length)] ?? 'key'
  said.words++
  return round === 1 ? word : `${word} ${round}`
}

function startingAt(matter: Matter, from: number): Matter {
  return { ...matter, ranked: [...matter.ranked.slice(from), ...matter.ranked.slice(0, from)] }
}

function shortText(matter: Matter): string {
  const sentence = pick(matter.ranked.slice(0, 3), matter.random) ?? 'Untitled'
  return sentence.length <= SHORT_TEXT_CHARS
    ? sentence.replace(/[.!?]$/, '')
    : cutAtWord(sentence, SHORT_TEXT_CHARS)
}

/** Cuts at a space where that keeps at least `min` characters. */
export function cutAtWord(text: string, max: number, min = 0): string {
  if (text.length <= max) return text
  const hard = text.slice(0, wholeCharacters(text, max))
  const space = hard.lastIndexOf(' ')
  return space >= min && space > max / 2 ? hard.slice(0, space) : hard
}
