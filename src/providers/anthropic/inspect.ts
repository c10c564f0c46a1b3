import type { CacheWriting } from '../../domain/money.ts'
import { isEmbedding, type ModelRequest } from '../../domain/request.ts'
import type { Concern, Inspection } from '../../ports/provider/wire.ts'
import { asCount, asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import { takesSampling, thinks } from './model-facts.ts'
import { schemaConcerns } from './schema-concerns.ts'

/**
 * Problems of a request's fields at Claude (Anthropic API reference, Messages). A batch looks at a request when it
 * runs, so that what is wrong with all of them would be told a batch later.
 */
export function inspectAnthropic(request: ModelRequest): Inspection {
  if (isEmbedding(request)) return { maxTokens: 0, vectorLength: null, refused: [], doubtful: [] }
  const { extra, model, temperature } = request
  const fields: Fields = temperature === null ? extra : { ...extra, temperature }
  const limit = limitOf(request.maxTokens, extra)
  const isCertain = takesSampling(model) === 'no'
  const sampling = samplingConcerns(isCertain ? extra : fields, model)
  return {
    maxTokens: limit.maxTokens,
    vectorLength: null,
    cacheWriting: cacheWriting(extra),
    refused: [
      ...limit.refused,
      ...dearConcerns(extra),
      ...(isCertain ? sampling : []),
      ...temperatureConcerns(fields, model),
      ...budgetConcerns(extra, limit.maxTokens),
    ],
    doubtful: [
      ...(isCertain ? leftOut(temperature, model) : sampling),
      ...thinkingConcerns(extra, limit.maxTokens, model),
      ...schemaConcerns(request),
      ...unknownConcerns(extra),
    ],
  }
}

/** @anthropic-ai/sdk 1.14, MessageCreateParams, with what its types have dropped and older models take. */
const knownFields: ReadonlySet<string> = new Set([
  'bill_to',
  'cache_control',
  'container',
  'diagnostics',
  'inference_geo',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'output_config',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
  'user_profile_id',
  'workspace_id',
])

/** What others call otherwise. */
const ownNames: ReadonlyMap<string, string> = new Map([
  ['max_completion_tokens', '`maxTokens` of the job'],
  ['reasoning_effort', "`output_config: { effort: 'low' }`"],
  ['response_format', '`output` of the job'],
  ['stop', '`stop_sequences`'],
])

/** Claude refuses what it does not know: "Extra inputs are not permitted". */
function unknownConcerns(extra: Fields): readonly Concern[] {
  return Object.keys(extra)
    .filter((name) => !knownFields.has(name))
    .map((name) => {
      const own = ownNames.get(name)
      return {
        words: `\`${name}\` is no field of a request to Claude; each request with it is refused`,
        fix: own === undefined ? `leave out \`${name}\`` : `use ${own}`,
      }
    })
}

function limitOf(
  maxTokens: number | null,
  extra: Fields,
): { readonly maxTokens: number | null; readonly refused: readonly Concern[] } {
  const named = extra['max_tokens']
  if (named === undefined)
    return {
      maxTokens,
      refused:
        maxTokens === null
          ? [
              {
                words:
                  'Claude wants to be told how long an answer may be (`max_tokens`), and the job does not say',
                fix: 'maxTokens: 1_000 in the job; only what is used is billed',
              },
            ]
          : [],
    }
  if (maxTokens !== null)
    return {
      maxTokens,
      refused: [
        {
          words: '`maxTokens` and `max_tokens` both limit the answer',
          fix: `maxTokens: ${maxTokens} in the job, and no \`max_tokens\` in \`parameters\``,
        },
      ],
    }
  const value = asCount(named)
  return value !== null && value > 0
    ? { maxTokens: value, refused: [] }
    : {
        maxTokens: null,
        refused: [
          {
            words: '`max_tokens` in `parameters` is no number of tokens',
            fix: 'maxTokens: 1_000 in the job',
          },
        ],
      }
}

/** What changes a price that is planned and bounded, or has no use in a batch. */
function dearConcerns(extra: Fields): readonly Concern[] {
  const concerns: Concern[] = []
  if (extra['stream'] === true)
    concerns.push({ words: '`stream` has no use: answers come whole', fix: 'leave out `stream`' })
  for (const name of ['service_tier', 'speed', 'inference_geo', 'bill_to'])
    if (extra[name] != null)
      concerns.push({
        words: `\`${name}\` changes the price that is planned and bounded, or who pays it`,
        fix: `leave out \`${name}\``,
      })
  for (const tool of asObjects(extra['tools']) ?? []) {
    const type = asText(tool['type']) ?? ''
    if (/^(?:web_search|code_execution)_/.test(type))
      concerns.push({
        words: `the tool \`${type}\` is billed by its use, which nothing here counts`,
        fix: 'leave it out',
      })
  }
  return concerns
}

/** Values that a model takes which does not let sampling be chosen: its own defaults. */
const neutral: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['temperature', 1],
  ['top_p', 1],
  ['top_k', null],
])

function samplingConcerns(fields: Fields, model: string): readonly Concern[] {
  const takes = takesSampling(model)
  if (takes === 'yes') return []
  return [...neutral]
    .filter(([name, value]) => fields[name] != null && fields[name] !== value)
    .map(([name]) => ({
      words:
        takes === 'no'
          ? `\`${name}: ${JSON.stringify(fields[name])}\` is refused by ${model}, whose sampling cannot be chosen`
          : `\`${name}\` is refused by current Claude models; whether ${model} takes it is not written down`,
      fix: `leave out \`${name}\``,
    }))
}

function leftOut(temperature: number | null, model: string): readonly Concern[] {
  if (temperature === null || temperature === neutral.get('temperature')) return []
  return [
    {
      words: `\`temperature: ${temperature}\` is left out: ${model} refuses it, as its sampling cannot be chosen`,
      fix: 'leave out `temperature`, or keep it for the models that take it',
    },
  ]
}

function temperatureConcerns(fields: Fields, model: string): readonly Concern[] {
  const { temperature } = fields
  if (typeof temperature !== 'number' || takesSampling(model) !== 'yes') return []
  if (temperature >= 0 && temperature <= 1) return []
  return [
    { words: `\`temperature: ${temperature}\` is out of Claude's range`, fix: 'choose one from 0 to 1' },
  ]
}

/** Anthropic document, Extended thinking. */
const leastBudget = 1_024

function budgetConcerns(extra: Fields, maxTokens: number | null): readonly Concern[] {
  const thinking = asFields(extra['thinking'])
  if (thinking?.['type'] !== 'enabled') return []
  const budget = asCount(thinking['budget_tokens'])
  if (budget === null || budget < leastBudget)
    return [
      {
        words: `\`thinking.budget_tokens\` is less than ${leastBudget}`,
        fix: `thinking: { type: 'enabled', budget_tokens: ${leastBudget} } in \`parameters\``,
      },
    ]
  if (maxTokens === null || budget < maxTokens) return []
  return [
    {
      words: `thinking may take ${budget} tokens, which is all that an answer may have (${maxTokens})`,
      fix: `maxTokens: ${budget + leastBudget} in the job, or a smaller \`thinking.budget_tokens\``,
    },
  ]
}

/** With 300 tokens, 10 of 1,000 short records came back cut or empty (steadybatch, findings, October 2026). */
const littleRoom = 1_000

/** Thoughts are a part of what `max_tokens` limits (Anthropic document, Adaptive thinking). */
function thinkingConcerns(extra: Fields, maxTokens: number | null, model: string): readonly Concern[] {
  const type = asText(asFields(extra['thinking'])?.['type'])
  const kind = thinks(model)
  if (kind === 'always' && type === 'disabled')
    return [{ words: `${model} cannot be kept from thinking`, fix: 'leave out `thinking`' }]
  const isThinking =
    kind === 'always' ||
    type === 'adaptive' ||
    (type !== 'disabled' && (kind === 'unless forbidden' || kind === 'perhaps'))
  if (maxTokens === null || maxTokens >= littleRoom || !isThinking) return []
  return [
    {
      words: `what ${model} thinks counts against the limit of ${maxTokens} tokens${kind === 'perhaps' ? ', should it think' : ''}; an answer may be cut before its first word`,
      fix:
        kind === 'always'
          ? 'raise `maxTokens`: only what is used is billed'
          : "parameters: { thinking: { type: 'disabled' } } in the job, or raise `maxTokens`: only what is used is billed",
    },
  ]
}

/** Nothing is written into a cache that is not marked for it (Anthropic document, Prompt caching). */
function cacheWriting(extra: Fields): CacheWriting {
  const text = JSON.stringify(extra)
  if (!text.includes('"cache_control"')) return 'never'
  return text.includes('"1h"') ? 'long' : 'unasked'
}
