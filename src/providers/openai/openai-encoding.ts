import type { TokenRule } from '../../domain/token-rule.ts'

/** The encoding of a model by its OpenAI name; all since gpt-4o have `o200k_base`, which also serves unknown names. */
export function encodingFor(model: string): TokenRule['encoding'] {
  const name = model.replace(/^ft:/, '')
  return /^(gpt-4(?![\w.])|gpt-3\.?5|text-embedding-|davinci-002|babbage-002)/.test(name)
    ? 'cl100k_base'
    : 'o200k_base'
}
