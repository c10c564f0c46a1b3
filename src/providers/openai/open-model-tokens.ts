import { exactly, type TokenRule } from '../../domain/token-rule.ts'

/**
 * How tokens are counted of models that many services serve. gpt-oss has OpenAI's own table (model card). Those of Llama 3
 * and Qwen were made from cl100k by adding to it, so that they need no more tokens (Meta, "The Llama 3 Herd of Models",
 * 3.2; "Qwen Technical Report", 2.2). Of others nothing is known here: the bounds are wide.
 */
export function openModelTokens(model: string): TokenRule {
  const name = model.toLowerCase()
  if (name.includes('gpt-oss')) return exactly('o200k_base')
  if (/llama-?3|qwen/.test(name)) return { encoding: 'cl100k_base', least: 0.25, likely: 1, most: 1.1 }
  return { encoding: 'o200k_base', least: 0.25, likely: 1.15, most: 4 }
}
