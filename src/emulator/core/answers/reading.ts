/**
 * A reading of the beginning of a text, once, by character codes: its sentences, which of them stand for the whole, and
 * its telling words. Words are counted in hashed buckets, so no string is made per word.
 */
export interface Reading {
  /** In the order of the text. */
  readonly sentences: readonly string[]
  /** Best first: common words, early position, medium length. */
  readonly ranked: readonly string[]
  /** Frequent words of the best sentences, lower case. */
  topWords(max: number): readonly string[]
}

const sampleChars = 2400
const minSentenceChars = 25
const maxSentenceChars = 420
const bucketCount = 4096
const minWordChars = 4
const maxCounted = 5
/** How many of the best sentences give their words. */
const tellingSentences = 5

const stopwords: readonly string[] = (
  'about above after again against also because been before being below between both could does doing down ' +
  'during each every from further have having here into itself just like made make many more most much must ' +
  'only other over said same shall should some such than that their them then there these they this those ' +
  'through under until upon very were what when where which while will with within without would your'
).split(' ')

/** Kinds of characters. */
const wordKind = 1
const enderKind = 2
const wideEnderKind = 3
const newline = 4

const characterKinds = new Uint8Array(65_536)
for (let code = 48; code < 65_536; code += 1) {
  const digit = code <= 57
  const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  const foreign = code >= 0xc0 && !(code >= 0x2000 && code < 0x3040)
  if (digit || letter || foreign) characterKinds[code] = wordKind
}
characterKinds[0x0a] = newline
for (const mark of '.!?') characterKinds[mark.charCodeAt(0)] = enderKind
for (const mark of '。！？') characterKinds[mark.charCodeAt(0)] = wideEnderKind

const hashStart = 0x811c9dc5
const hashPrime = 0x01000193

function bucketOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (bucketCount - 1)
}

const stopBuckets = new Uint8Array(bucketCount)
for (const word of stopwords) {
  let hash = hashStart
  for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ (word.charCodeAt(i) | 32), hashPrime)
  stopBuckets[bucketOf(hash)] = 1
}

interface Sentence {
  readonly text: string
  readonly firstWord: number
  readonly endWord: number
  score: number
}

/** The reading of a document by its beginning. */
export function readText(document: string): Reading {
  const sample = document.slice(0, sampleChars)
  const bytes = Buffer.from(sample, 'utf16le')
  const codes = new Uint16Array(bytes.buffer, bytes.byteOffset, sample.length)
  const { length } = codes
  const buckets = new Uint16Array(length / minWordChars + 1)
  const starts = new Uint16Array(buckets.length)
  const ends = new Uint16Array(buckets.length)
  const sentences: Sentence[] = []
  let words = 0
  let sentenceStart = 0
  let firstWord = 0
  let wordStart = -1
  let hash = hashStart

  const cut = (end: number): void => {
    const piece = sample.slice(sentenceStart, end).trim()
    sentenceStart = end
    if (piece.length >= minSentenceChars && piece.length <= maxSentenceChars) {
      const text = piece.includes('\n') || piece.includes('  ') ? piece.replaceAll(/\s+/g, ' ') : piece
      sentences.push({ text, firstWord, endWord: words, score: 0 })
    } else {
      words = firstWord
    }
    firstWord = words
  }

  for (let i = 0; i <= length; i += 1) {
    const code = codes[i] ?? 32
    const kind = characterKinds[code]
    if (kind === wordKind) {
      if (wordStart === -1) {
        wordStart = i
        hash = hashStart
      }
      hash = Math.imul(hash ^ (code | 32), hashPrime)
      continue
    }
    if (wordStart !== -1) {
      if (i - wordStart >= minWordChars) {
        const bucket = bucketOf(hash)
        if (stopBuckets[bucket] === 0) {
          buckets[words] = bucket
          starts[words] = wordStart
          ends[words] = i
          words += 1
        }
      }
      wordStart = -1
    }
    if (kind === undefined || kind === 0) continue
    const next = codes[i + 1] ?? 0x20
    if (kind === wideEnderKind || (kind === enderKind && (next === 0x20 || next === 0x0a))) cut(i + 1)
    else if (kind === newline && (next === 0x0a || next === 0x2d || next === 0x2a || next === 0x2022)) cut(i)
  }
  // The sample may end inside a sentence of a longer text.
  if (document.length <= sampleChars) cut(length)
  if (sentences.length === 0) sentences.push(...wholeSample(sample))

  const counts = score(sentences, buckets)
  const ranked = sentences.toSorted((a, b) => b.score - a.score)
  const topWords = (max: number): readonly string[] => {
    const best = new Map<number, number>()
    for (const { firstWord: first, endWord: end } of ranked.slice(0, tellingSentences)) {
      for (let word = first; word < end; word += 1) {
        const bucket = buckets[word] ?? 0
        if (!best.has(bucket)) best.set(bucket, word)
      }
    }
    return [...best]
      .toSorted(([a], [b]) => (counts[b] ?? 0) - (counts[a] ?? 0))
      .slice(0, max)
      .map(([, word]) => sample.slice(starts[word], ends[word]).toLowerCase())
  }
  return { sentences: sentences.map(textOf), ranked: ranked.map(textOf), topWords }
}

function textOf(sentence: Sentence): string {
  return sentence.text
}

/** Gives every sentence its score; returns how often each bucket occurs. */
function score(sentences: readonly Sentence[], buckets: Uint16Array): Uint8Array {
  const counts = new Uint8Array(bucketCount)
  for (const { firstWord, endWord } of sentences) {
    for (let word = firstWord; word < endWord; word += 1) {
      const bucket = buckets[word] ?? 0
      counts[bucket] = Math.min(255, (counts[bucket] ?? 0) + 1)
    }
  }
  for (const [index, sentence] of sentences.entries()) {
    let sum = 0
    for (let word = sentence.firstWord; word < sentence.endWord; word += 1) {
      sum += Math.min(maxCounted, (counts[buckets[word] ?? 0] ?? 1) - 1)
    }
    const words = sentence.endWord - sentence.firstWord
    sentence.score = sum / Math.sqrt(words + 8) + 2 / (index + 1)
  }
  return counts
}

/** A text without sentences is one, cut at a word when it is long. */
function wholeSample(sample: string): readonly Sentence[] {
  const whole = sample.replaceAll(/\s+/g, ' ').trim()
  if (whole === '') return []
  const hard = whole.slice(0, maxSentenceChars)
  const space = whole.length > hard.length ? hard.lastIndexOf(' ') : hard.length
  const text = hard.slice(0, Math.max(space, minSentenceChars))
  return [{ text, firstWord: 0, endWord: 0, score: 0 }]
}
