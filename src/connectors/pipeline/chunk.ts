import { chunkText } from '../../planning/tokens/chunk.ts'
import { loadTokenizer } from '../../planning/tokens/count-tokens.ts'
import type { Chunk, ChunkOptions } from '../../ports/source.ts'
import type { Step } from './steps.ts'
import { keySeparator } from '../../domain/record-key.ts'

export type Chunked<Row, Field extends string> = Omit<Row, Field> & { readonly chunk: Chunk }

/**
 * A step that puts pieces of the text in place of the field: a row that kept the whole beside each piece would grow as
 * its square.
 */
export async function chunkStep<Row, Field extends keyof Row & string>({
  field,
  tokens,
  overlap = 0,
  encoding,
}: ChunkOptions<Field>): Promise<Step<Row, Chunked<Row, Field>>> {
  const tokenizer = await loadTokenizer(encoding)
  return ({ key, row }) => {
    const { [field]: text, ...rest } = row
    if (typeof text !== 'string') return [{ key, problem: `chunk needs a text in "${field}"` }]
    const texts = chunkText(text, { tokens, overlap, tokenizer })
    return texts.map((text, index) => ({
      key: `${key}${keySeparator}${index}`,
      row: { ...rest, chunk: { index, count: texts.length, text } },
    }))
  }
}
