import { hashText } from '../random.ts'

/** text-embedding-3-small (OpenAI guide, Embeddings); large has twice as many. */
export const dimensionsSmall = 1536
export const dimensionsLarge = 3072

/** How many coordinates one word moves. */
const coordinatesPerWord = 24
const maxChars = 20_000
const shortWord = 3
const shortWordWeight = 0.25

/**
 * A vector of length 1 in which texts that share words are near: each word moves the same few
 * coordinates up or down wherever it occurs, often-repeated words with falling effect.
 */
export function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  for (const [word, count] of wordCounts(text.slice(0, maxChars))) {
    const weight = (word.length <= shortWord ? shortWordWeight : 1) * (1 + Math.log(count))
    addWord(vector, word, weight)
  }
  return normalise(vector)
}

function wordCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of text.toLowerCase().match(/[\p{Script=Han}]|[\p{L}\p{N}]+/gu) ?? ['']) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

function addWord(vector: Float32Array, word: string, weight: number): void {
  let state = hashText(word) | 1
  for (let i = 0; i < coordinatesPerWord; i += 1) {
    // xorshift32
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const at = (state >>> 1) % vector.length
    vector[at] = (vector[at] ?? 0) + ((state & 1) === 0 ? weight : -weight)
  }
}

function normalise(vector: Float32Array): Float32Array {
  let sum = 0
  for (const value of vector) sum += value * value
  if (sum === 0) {
    vector[0] = 1
    return vector
  }
  const scale = 1 / Math.sqrt(sum)
  for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] ?? 0) * scale
  return vector
}

const decimals = 1e8

/** Numbers as the service prints them, eight decimals or so. */
export function asNumbers(vector: Float32Array): readonly number[] {
  return Array.from(vector, (value) => Math.round(value * decimals) / decimals)
}

/** Little-endian 32-bit floats in base64 (OpenAI document, `encoding_format`). */
export function asBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
}
