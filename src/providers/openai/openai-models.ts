import type { TokenRule } from '../../domain/token-rule.ts'
/** Knowledge of the service that a request goes to. */
export interface ServerContext {
  /** The model that answers, as far as its name or that of its deployment tells. */
  readonly model: string
  /**
   * Whether the rules of OpenAI's own models hold there for sure. What stands before another service may mend a request
   * on its way, or be a model of which only the name is known.
   */
  readonly certain: boolean
  /** The limits of schemas that Azure documents are lower. */
  readonly azure?: boolean
}

/**
 * Whether a name is that of a model which thinks before it answers: gpt-5 and later, and the o series. Deployments are
 * named freely, so the model may stand anywhere in the name. Decides about the names of fields, never about a price.
 */
export function isReasoningModel(name: string): boolean {
  return /(?:^|[^a-z0-9])(?:o[1-9]|gpt-?(?:[5-9]|1\d)(?!\d))/i.test(name)
}

/** Whether a name is that of a model from before the thinking ones. */
export function isLegacyGpt(name: string): boolean {
  return /(?:^|[^a-z0-9])gpt-?(?:3\.?5|4(?!\d))/i.test(name)
}

/**
 * Whether a model reasons on every request, on none, or on those that ask for it (gpt-5.1 and later take an effort of
 * `none`, which is the default of those here called `asked`; OpenAI guide, "Using GPT-5.2", parameter compatibility,
 * and the models' pages). `perhaps`: its default is not known here.
 */
export function reasoning(name: string): 'always' | 'asked' | 'perhaps' | 'never' {
  if (!isReasoningModel(name) || /chat/i.test(name)) return 'never'
  if (/(?:^|[^a-z0-9])(?:o[1-9]|gpt-?5(?![.\d]))|-(?:pro|codex)/i.test(name)) return 'always'
  return /gpt-?5\.[124](?!\d)/i.test(name) ? 'asked' : 'perhaps'
}

/** How many numbers the models give whose length is not asked for (OpenAI guide, "Embeddings"); null: another model. */
export function vectorLength(name: string): number | null {
  if (/text-embedding-3-large/i.test(name)) return 3_072
  return /text-embedding-(?:3-small|ada-002)/i.test(name) ? 1_536 : null
}

/** The encoding of a model by its OpenAI name; all since gpt-4o have `o200k_base`, which also serves unknown names. */
export function encodingFor(model: string): TokenRule['encoding'] {
  const name = model.replace(/^ft:/, '')
  return /^(gpt-4(?![\w.])|gpt-3\.?5|text-embedding-|davinci-002|babbage-002)/.test(name)
    ? 'cl100k_base'
    : 'o200k_base'
}
