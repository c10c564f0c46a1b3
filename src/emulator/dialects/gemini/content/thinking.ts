import { type JsonObject, isObject } from '../../../core/json.ts'
import type { Model } from '../models.ts'
import { configOf } from './answer-form.ts'

/** What an answer spends on thoughts, unless its limit is so low that a quarter of it is less. */
const usualThoughtTokens = 48

/** The tokens of the thoughts before an answer: a part of the limit of the answer, and beside it in the usage. */
export function thoughtTokens(body: JsonObject, model: Model, maxTokens: number): number {
  const { budget, level } = askedOf(body)
  if (model.thinks === 'never' || budget === 0 || level === 'MINIMAL') return 0
  if (model.thinks === 'when asked' && budget === null && level === null) return 0
  const most = budget === null || budget < 0 ? usualThoughtTokens : Math.min(budget, usualThoughtTokens)
  return Math.min(most, Math.floor(maxTokens / 4))
}

interface Asked {
  readonly budget: number | null
  readonly level: string | null
}

function askedOf(body: JsonObject): Asked {
  const config = configOf(body)['thinkingConfig']
  const { thinkingBudget: budget, thinkingLevel: level }: JsonObject = isObject(config) ? config : {}
  return {
    budget: typeof budget === 'number' ? budget : null,
    level: typeof level === 'string' ? level.toUpperCase() : null,
  }
}

/** Gemini document, Thinking: which of both a model takes, and which cannot be told to stop; the wording is ours in part. */
export function thinkingError(body: JsonObject, model: Model): string | null {
  const { budget, level } = askedOf(body)
  if (budget !== null && level !== null)
    return 'You can only set only one of thinking budget and thinking level.'
  if (level !== null && !model.takesThinkingLevel) return 'Thinking level is not supported for this model.'
  if (budget === 0 && model.thinks === 'always')
    return 'Budget 0 is invalid. This model only works in thinking mode.'
  return null
}

export function showsThoughts(body: JsonObject): boolean {
  const config = configOf(body)['thinkingConfig']
  return isObject(config) && config['includeThoughts'] === true
}
