import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { packTokens } from '../src/planning/tokens/token-table.ts'

/** The encodings that are counted in; each is a file of tokens/. */
export const encodings = ['o200k_base', 'cl100k_base'] as const

/**
 * The file of tokens/ for an encoding, made from the table that OpenAI publishes and gpt-tokenizer brings along: a line
 * for each token, its bytes in base64 and its rank, a space between them (tiktoken, `load_tiktoken_bpe`).
 * Throws when the ranks are not 0, 1, 2 and so on.
 */
export async function packedTokens(encoding: (typeof encodings)[number]): Promise<Uint8Array> {
  const published = new URL(import.meta.resolve(`gpt-tokenizer/data/${encoding}.tiktoken`))
  const lines = (await readFile(published, 'utf8')).split('\n').filter((line) => line !== '')
  return packTokens(
    lines.map((line, index) => {
      const [token = '', rank] = line.split(' ')
      if (Number(rank) !== index) throw new Error(`line ${index + 1} of ${encoding} has the rank ${rank}`)
      return Buffer.from(token, 'base64')
    }),
  )
}

/** Where the file of an encoding is kept. */
export function tokenFile(encoding: (typeof encodings)[number]): string {
  return fileURLToPath(new URL(`../tokens/${encoding}.tokens`, import.meta.url))
}
