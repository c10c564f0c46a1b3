import { cacheWrites, type Usage } from '../../domain/request.ts'
import { asCount, asFields, type Fields } from '../replies/fields.ts'

/**
 * No model reads or writes as much in one answer: the largest window is of ten million tokens (Llama 4 Scout, model
 * card). What is above it is no count, and its cost would not be a number that can be kept exactly.
 */
const mostOfAnswer = 10_000_000
/** As many answers of that size as one batch can have (Azure OpenAI, 100,000 requests). */
export const maxCostOfBatch = mostOfAnswer * 100_000

/**
 * Billed tokens in the words of either endpoint; null when they are absent, make no sense or are all zero, which is
 * what services write that do not count.
 *
 * Gateways write both families of names, one of them as zeros (BerriAI/litellm#14884): the larger figure is taken of
 * each. Some services leave the reasoning out of the output tokens but not out of the total (xAI, "Reasoning"): what
 * the total has more than both counts as output. A total alone says nothing, as input and output differ in price; one of
 * the two alone is a part of what was billed.
 */
export function readUsage(value: unknown, mostTokens: number = mostOfAnswer): Usage | null {
  const written = asFields(value)
  if (written === null) return null
  const usage = withoutNonsense(written, mostTokens)
  const input = asCount(usage['prompt_tokens'])
  const output = asCount(usage['completion_tokens'])
  // Nearly every usage has one family of names, and a total that is their sum.
  const isOneFamily = usage['input_tokens'] === undefined && usage['output_tokens'] === undefined
  if (isOneFamily && input !== null && output !== null && input > 0) {
    const total = usage['total_tokens']
    if (total === input + output || total === undefined)
      return {
        inputTokens: input,
        cachedTokens: cachedOf(usage['prompt_tokens_details'], input),
        ...cacheWrites(writesOf(usage['prompt_tokens_details'], input)),
        outputTokens: output,
      }
  }
  return readOdd(usage, larger(input, usage['input_tokens']), larger(output, usage['output_tokens']))
}

function readOdd(usage: Fields, input: number | null, output: number | null): Usage | null {
  const total = asCount(usage['total_tokens'])
  const isInputTold = input !== null && input > 0
  if (!isInputTold && (output === null || output === 0)) return null
  // A prompt always has tokens: where none are told, the total has them.
  const inputTokens = isInputTold ? input : (rest(total, output) ?? input)
  const outputTokens = larger(output, rest(total, inputTokens))
  const uncached = Math.max(
    uncachedOf(usage['prompt_tokens'], usage['prompt_tokens_details']),
    uncachedOf(usage['input_tokens'], usage['input_tokens_details']),
  )
  return {
    inputTokens: inputTokens ?? 0,
    cachedTokens: isInputTold ? input - uncached : 0,
    ...cacheWrites(isInputTold ? writesIn(usage, input) : 0),
    outputTokens: outputTokens ?? 0,
    // A prompt always has tokens.
    ...((inputTokens ?? 0) === 0 || outputTokens === null ? { isPartial: true } : {}),
  }
}

const figures = [
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'total_tokens',
] as const

/** The usage without figures that cannot be. */
function withoutNonsense(usage: Fields, mostTokens: number): Fields {
  const isNonsense = (value: unknown): boolean => typeof value === 'number' && value > mostTokens
  return figures.some((name) => isNonsense(usage[name]))
    ? Object.fromEntries(Object.entries(usage).filter(([, value]) => !isNonsense(value)))
    : usage
}

/** What one family of names has at the full price; cached tokens are cheaper, and neither family may say too much of them. */
function uncachedOf(input: unknown, details: unknown): number {
  const inputTokens = asCount(input) ?? 0
  return inputTokens - cachedOf(details, inputTokens)
}

/** Billed tokens of an embedding, which has no output: any one figure tells them (OpenAI API reference, Embeddings). */
export function readInputUsage(value: unknown): Usage | null {
  const written = asFields(value)
  if (written === null) return null
  const usage = withoutNonsense(written, mostOfAnswer)
  const prompt = larger(asCount(usage['prompt_tokens']), usage['input_tokens'])
  const inputTokens = larger(prompt, usage['total_tokens'])
  return inputTokens === null || inputTokens === 0 ? null : { inputTokens, cachedTokens: 0, outputTokens: 0 }
}

/** How many of the output tokens went into reasoning; null: not told. */
export function readReasoningTokens(value: unknown): number | null {
  const usage = asFields(value)
  const chat = asFields(usage?.['completion_tokens_details'])
  const response = asFields(usage?.['output_tokens_details'])
  return larger(asCount(chat?.['reasoning_tokens']), response?.['reasoning_tokens'])
}

function cachedOf(details: unknown, inputTokens: number): number {
  return Math.min(asCount(asFields(details)?.['cached_tokens']) ?? 0, inputTokens)
}

/** Input that was written into a cache, which is billed higher (OpenAI API reference, usage, `cache_write_tokens`). */
function writesOf(details: unknown, inputTokens: number): number {
  return Math.min(asCount(asFields(details)?.['cache_write_tokens']) ?? 0, inputTokens)
}

function writesIn(usage: Fields, inputTokens: number): number {
  const [chat, responses] = [usage['prompt_tokens_details'], usage['input_tokens_details']]
  return Math.max(writesOf(chat, inputTokens), writesOf(responses, inputTokens))
}

function larger(one: number | null, other: unknown): number | null {
  const count = asCount(other)
  return one === null || (count !== null && count > one) ? count : one
}

/** What a total leaves for the other of two. */
function rest(total: number | null, one: number | null): number | null {
  return total === null || one === null || total < one ? null : total - one
}
