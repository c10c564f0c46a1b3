import type { ChatRequest } from '../../domain/request.ts'
import type { Concern } from '../../ports/provider/wire.ts'
import { asText, type Fields } from '../replies/fields.ts'
import { reasoning, type ServerContext, isReasoningModel } from './openai-models.ts'

const limitFields = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] as const

/** Reasoning on an easy question takes some hundred tokens; OpenAI advises to begin with room for 25,000. */
const littleRoom = 1_000

interface InspectedLimit {
  readonly maxTokens: number | null
  readonly refused: readonly Concern[]
  /** What the model does not take. */
  readonly wrong: readonly Concern[]
  readonly doubtful: readonly Concern[]
}

/**
 * The limit of an answer's tokens: the job's `maxTokens`, or the one field for it among the further ones, which is for
 * services that want another name than theirs usually do. Two of them are refused: one would not be counted.
 */
export function inspectLimit(
  { maxTokens, extra }: Pick<ChatRequest, 'maxTokens' | 'extra'>,
  endpoint: string,
  { model }: Pick<ServerContext, 'model'>,
): InspectedLimit {
  const named = limitFields.filter((name) => extra[name] != null)
  const [name, ...others] = named
  const doubtful = doubtfulRoom(extra, maxTokens, model)
  if (name === undefined) return { maxTokens, refused: [], wrong: [], doubtful }
  const value = extra[name]
  if (maxTokens !== null || others.length > 0)
    return { maxTokens, refused: [twoLimits(named, maxTokens, value)], wrong: [], doubtful: [] }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
    return {
      maxTokens: null,
      refused: [
        { words: `\`${name}\` in \`parameters\` is no number of tokens`, fix: `maxTokens: 500 in the job` },
      ],
      wrong: [],
      doubtful: [],
    }
  const isTaken = endpoint === '/v1/responses' ? name === 'max_output_tokens' : name !== 'max_output_tokens'
  const wrong =
    !isTaken || (name === 'max_tokens' && isReasoningModel(model))
      ? [
          {
            words: `\`${name}\` is refused by ${isTaken ? model : endpoint}`,
            fix: `maxTokens: ${value} in the job, in place of \`${name}\` in \`parameters\``,
          },
        ]
      : []
  return { maxTokens: value, refused: [], wrong, doubtful: doubtfulRoom(extra, value, model) }
}

function twoLimits(named: readonly string[], maxTokens: number | null, value: unknown): Concern {
  const all = [...(maxTokens === null ? [] : ['maxTokens']), ...named].map((name) => `\`${name}\``)
  return {
    words: `${all.join(' and ')} ${all.length === 2 ? 'both limit' : 'all limit'} the answer`,
    fix: `maxTokens: ${maxTokens ?? String(value)} in the job, and none of them in \`parameters\``,
  }
}

/** What a model thinks counts against the limit of its answer (OpenAI guide, "Reasoning models", allocating space). */
function doubtfulRoom(extra: Fields, maxTokens: number | null, model: string): readonly Concern[] {
  const effort = asText(extra['reasoning_effort'])
  if (maxTokens === null || maxTokens >= littleRoom || reasoning(model) !== 'always') return []
  if (effort === 'minimal' || effort === 'none') return []
  return [
    {
      words: `what ${model} thinks counts against the limit of ${maxTokens} tokens; an answer may be cut before its first word`,
      fix: 'raise `maxTokens`: only what is used is billed',
    },
  ]
}
