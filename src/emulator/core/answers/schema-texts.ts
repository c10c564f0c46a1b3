import { type Subject, extract } from './answer.ts'
import { between, pick } from '../random.ts'
import { wholeCharacters } from './tokens.ts'

const shortTextChars = 60
const textTokens = 90
const allWords = 40

/** How much of the subject an answer has used already. */
export interface Said {
  sentences: number
  words: number
  phrases: number
}

/** Where a text is wanted. */
interface Place {
  readonly subject: Subject
  /** Name of the property. */
  readonly name: string
  readonly said: Said
}

/** Lists that hold words; others hold phrases. */
const wordLists = /topic|tag|keyword|categor|label|genre|term|word|name|title/i

/** Words or phrases that were not listed before, padded where the text has too few. */
export function listOfTexts(
  { subject, name, said }: Place,
  count: number,
  maxLength: number,
): readonly string[] {
  const long = maxLength < shortTextChars || wordLists.test(name) ? [] : phrasesOf(subject)
  const texts =
    long.length >= count
      ? take(long, said, 'phrases', count)
      : take(subject.topWords(allWords), said, 'words', count)
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

const minPhraseChars = 12
const maxPhraseChars = 80

/** The parts of sentences between commas that can stand alone. */
function phrasesOf({ ranked }: Subject): readonly string[] {
  const phrases = ranked.flatMap((sentence) => sentence.replace(/[.!?]$/, '').split(/[,;:] /))
  return [...new Set(phrases)].filter(({ length }) => length >= minPhraseChars && length <= maxPhraseChars)
}

const shortestText =
  /title|name|label|category|headline|topic|tag|heading|subject|code|unit|place|city|country|question/i

/** A word for a key, a phrase for a title, else sentences, from where the last string of the answer ended. */
export function textFor({ subject, name, said }: Place): string {
  if (name === 'key') return keyText(subject, said)
  if (shortestText.test(name)) return shortText(subject)
  const wanted = between(1, 3, subject.random)
  const from = said.sentences % Math.max(1, subject.ranked.length)
  said.sentences += wanted
  return extract(from === 0 ? subject : startingAt(subject, from), wanted, textTokens)
}

/** A word that no other key of the answer is: of few words, those of a later round have its number. */
function keyText(subject: Subject, said: Said): string {
  const words = subject.topWords(allWords)
  const round = Math.floor(said.words / Math.max(1, words.length)) + 1
  const word = words[said.words % Math.max(1, words.length)] ?? 'key'
  said.words++
  return round === 1 ? word : `${word} ${round}`
}

function startingAt(subject: Subject, from: number): Subject {
  return { ...subject, ranked: [...subject.ranked.slice(from), ...subject.ranked.slice(0, from)] }
}

function shortText(subject: Subject): string {
  const sentence = pick(subject.ranked.slice(0, 3), subject.random) ?? 'Untitled'
  return sentence.length <= shortTextChars
    ? sentence.replace(/[.!?]$/, '')
    : cutAtWord(sentence, shortTextChars)
}

/** A text cut at a space where that keeps at least `min` characters. */
export function cutAtWord(text: string, max: number, min = 0): string {
  if (text.length <= max) return text
  const hard = text.slice(0, wholeCharacters(text, max))
  const space = hard.lastIndexOf(' ')
  return space >= min && space > max / 2 ? hard.slice(0, space) : hard
}
