import { isEmbedding, type ModelRequest } from '../../domain/request.ts'
import { measureSchema } from '../../planning/schema/strict-limits.ts'
import type { Concern, Inspection } from '../../ports/provider/wire.ts'
import { asCount, asFields, asText, type Fields } from '../replies/fields.ts'
import { inspectLimit } from './openai-limit.ts'
import { isLegacyGpt, reasoning, type ServerContext, vectorLength } from './openai-models.ts'

/**
 * Problems of a request's fields at a service of the OpenAI shape: what cannot be used in a batch or is counted by
 * nothing here is refused on each, what a model does not take only where its rules hold for sure.
 */
export function inspectRequest(request: ModelRequest, endpoint: string, served: ServerContext): Inspection {
  if (isEmbedding(request))
    return {
      maxTokens: 0,
      vectorLength: request.dimensions ?? vectorLength(served.model),
      refused: refusedEverywhere(request.extra),
      doubtful: [],
    }
  const limit = inspectLimit(request, endpoint, served)
  const { temperature, extra } = request
  const fields: Fields = temperature === null ? extra : { ...extra, temperature }
  const wrong = [
    ...limit.wrong,
    ...samplingConcerns(fields, served.model),
    ...effortConcerns(fields, served.model),
  ]
  return {
    maxTokens: limit.maxTokens,
    vectorLength: null,
    refused: [...refusedEverywhere(extra), ...limit.refused, ...(served.certain ? wrong : [])],
    doubtful: [
      ...(served.certain ? [] : wrong),
      ...doubtfulSampling(fields, served.model),
      ...limit.doubtful,
      ...(served.azure === true && request.schema !== null ? azureSchemaConcerns(request.schema.schema) : []),
    ],
  }
}

/** Only the first choice could be used, all are billed; a batch has no stream, and its price is that of the batch. */
function refusedEverywhere(extra: Fields): readonly Concern[] {
  const concerns: Concern[] = []
  const choices = asCount(extra['n'])
  if (choices !== null && choices > 1)
    concerns.push({
      words: `\`n: ${choices}\` buys ${choices} answers to each request, and only the first can be used`,
      fix: 'leave out `n`; `variants` ask with several prompts',
    })
  if (extra['stream'] === true)
    concerns.push({ words: '`stream` has no use: answers come whole', fix: 'leave out `stream`' })
  if (extra['service_tier'] != null)
    concerns.push({
      words: '`service_tier` changes the price that is planned and bounded',
      fix: 'leave out `service_tier`; --flex and --realtime choose how a run is sent',
    })
  return concerns
}

/** What a reasoning model takes of each: anything else is refused (OpenAI guide, "Reasoning models", limitations). */
const neutral: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['temperature', 1],
  ['top_p', 1],
  ['presence_penalty', 0],
  ['frequency_penalty', 0],
  ['logprobs', false],
  ['top_logprobs', 0],
  ['logit_bias', null],
])
/** Those that later models take while they do not reason (OpenAI guide, "Using GPT-5.2", parameter compatibility). */
const takenWithoutReasoning: readonly string[] = ['temperature', 'top_p', 'logprobs', 'top_logprobs']

function samplingConcerns(fields: Fields, model: string): readonly Concern[] {
  const effort = effortOf(fields)
  const kind = reasoning(model)
  if (kind === 'never' || (kind !== 'always' && (effort === null || effort === 'none'))) return []
  const named = unusual(fields).filter((name) => kind === 'always' || takenWithoutReasoning.includes(name))
  const why =
    kind === 'always'
      ? 'which is a reasoning model'
      : `which takes it only with a reasoning effort of \`none\``
  return named.map((name) => ({
    words: `\`${name}: ${shown(fields[name])}\` is refused by ${model}, ${why}`,
    fix: `leave out \`${name}\``,
  }))
}

function doubtfulSampling(fields: Fields, model: string): readonly Concern[] {
  if (reasoning(model) !== 'perhaps' || effortOf(fields) !== null) return []
  return unusual(fields)
    .filter((name) => takenWithoutReasoning.includes(name))
    .map((name) => ({
      words: `\`${name}\` is taken by ${model} only while it does not reason; where it does by default, every line fails`,
      fix: "leave it out, or say parameters: { reasoning_effort: 'none' }; `offpeak try` shows it with one record",
    }))
}

function unusual(fields: Fields): readonly string[] {
  return [...neutral]
    .filter(([name, value]) => fields[name] != null && fields[name] !== value && !isEmpty(fields[name]))
    .map(([name]) => name)
}

function isEmpty(value: unknown): boolean {
  return Object.keys(asFields(value) ?? { some: true }).length === 0
}

function shown(value: unknown): string {
  return typeof value === 'object' ? '{…}' : JSON.stringify(value)
}

function effortOf(fields: Fields): string | null {
  return asText(fields['reasoning_effort']) ?? asText(asFields(fields['reasoning'])?.['effort'])
}

/** `reasoning` is for reasoning models only (OpenAI API reference, Responses and Chat). */
function effortConcerns(fields: Fields, model: string): readonly Concern[] {
  if (!isLegacyGpt(model)) return []
  return ['reasoning_effort', 'reasoning']
    .filter((name) => fields[name] != null)
    .map((name) => ({
      words: `\`${name}\` is refused by ${model}, which does not reason`,
      fix: `leave out \`${name}\``,
    }))
}

/** Azure OpenAI, "Structured outputs", supported schemas and limitations. */
const azureDepth = 5
const azureProperties = 100

function azureSchemaConcerns(schema: Fields): readonly Concern[] {
  const { depth, properties } = measureSchema(schema)
  if (depth <= azureDepth && properties <= azureProperties) return []
  return [
    {
      words: `the schema has ${properties} properties and a depth of ${depth}; Azure documents ${azureProperties} and ${azureDepth}`,
      fix: 'ask for less at once, or try it: `offpeak try`',
    },
  ]
}
