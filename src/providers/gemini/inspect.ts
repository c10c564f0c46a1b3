import { isEmbedding, type ModelRequest } from '../../domain/request.ts'
import type { Concern, Inspection } from '../../ports/provider/wire.ts'
import { asCount, asFields, asObjects, type Fields } from '../replies/fields.ts'
import { takesThinkingLevel, thinks, vectorLength } from './model-facts.ts'

/**
 * Problems of a request's fields at Gemini (Gemini API reference, GenerateContentRequest). A batch looks at a request
 * when it runs, so that what is wrong with all of them would be told a batch later.
 */
export function inspectGemini(request: ModelRequest): Inspection {
  const { extra, model } = request
  if (isEmbedding(request))
    return {
      maxTokens: 0,
      vectorLength: request.dimensions ?? vectorLength(model),
      refused: vectorRefusals(request.dimensions, extra),
      doubtful: unknownConcerns(extra, embedFields),
    }
  const config = asFields(extra['generationConfig']) ?? {}
  const limit = limitOf(request.maxTokens, config)
  return {
    maxTokens: limit.maxTokens,
    vectorLength: null,
    refused: [
      ...limit.refused,
      ...dearConcerns(extra, config),
      ...thinkingRefusals(config, model),
      ...temperatureConcerns(request.temperature ?? config['temperature']),
    ],
    doubtful: [
      ...unknownConcerns(extra, generateFields),
      ...littleRoomConcerns(config, limit.maxTokens, model),
    ],
  }
}

/** Gemini document, Embeddings: the longest vector, and what a text can be made a vector for. */
const maxDimensions = 3_072
const taskTypes: readonly unknown[] = [
  'TASK_TYPE_UNSPECIFIED',
  'RETRIEVAL_QUERY',
  'RETRIEVAL_DOCUMENT',
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
]

function vectorRefusals(dimensions: number | null, extra: Fields): readonly Concern[] {
  const taskType = extra['taskType'] ?? extra['task_type']
  return [
    ...(dimensions !== null && dimensions > maxDimensions
      ? [
          {
            words: `a vector of ${dimensions} numbers is asked for, and Gemini gives ${maxDimensions} at most`,
            fix: `dimensions: ${maxDimensions}, or fewer`,
          },
        ]
      : []),
    ...(taskType === undefined || taskTypes.includes(taskType)
      ? []
      : [
          {
            words: `\`taskType: ${JSON.stringify(taskType)}\` is none that Gemini knows`,
            fix: `one of ${taskTypes.slice(1).join(', ')}`,
          },
        ]),
  ]
}

const chooseOne = 'leave out what `generationConfig` says of it'

function limitOf(
  maxTokens: number | null,
  config: Fields,
): { readonly maxTokens: number | null; readonly refused: readonly Concern[] } {
  const named = config['maxOutputTokens']
  if (named === undefined) return { maxTokens, refused: [] }
  if (maxTokens !== null)
    return {
      maxTokens,
      refused: [{ words: '`maxTokens` and `maxOutputTokens` both limit the answer', fix: chooseOne }],
    }
  const value = asCount(named)
  return value !== null && value > 0
    ? { maxTokens: value, refused: [] }
    : {
        maxTokens: null,
        refused: [{ words: '`maxOutputTokens` is no number of tokens', fix: 'maxTokens: 1_000 in the job' }],
      }
}

/** What changes a price that is planned and bounded, or buys what cannot be used. */
function dearConcerns(extra: Fields, config: Fields): readonly Concern[] {
  const concerns: Concern[] = []
  const candidates = asCount(config['candidateCount'])
  if (candidates !== null && candidates > 1)
    concerns.push({
      words: `\`candidateCount: ${candidates}\` buys ${candidates} answers to each request, and only the first can be used`,
      fix: 'leave out `candidateCount`; `variants` ask with several prompts',
    })
  if (extra['serviceTier'] != null)
    concerns.push({
      words: '`serviceTier` changes the price that is planned and bounded',
      fix: 'leave out `serviceTier`; --realtime chooses how a run is sent',
    })
  if (extra['cachedContent'] != null)
    concerns.push({
      words:
        'the tokens of `cachedContent` and the hours that it is kept are billed, and nothing here counts them',
      fix: 'leave it out: what is alike in all requests stands first, and is found in the cache by itself',
    })
  if (config['responseModalities'] != null)
    concerns.push({
      words: '`responseModalities` asks for what has prices of its own, and only text can be used',
      fix: 'leave out `responseModalities`',
    })
  for (const tool of asObjects(extra['tools']) ?? [])
    for (const name of ['googleSearch', 'googleSearchRetrieval', 'googleMaps', 'urlContext', 'codeExecution'])
      if (tool[name] != null)
        concerns.push({
          words: `the tool \`${name}\` is billed by its use, which nothing here counts`,
          fix: 'leave it out',
        })
  return concerns
}

function thinkingRefusals(config: Fields, model: string): readonly Concern[] {
  const { thinkingBudget: budget, thinkingLevel: level } = asFields(config['thinkingConfig']) ?? {}
  if (budget != null && level != null)
    return [
      { words: '`thinkingBudget` and `thinkingLevel` are not taken together', fix: 'leave out one of both' },
    ]
  if (level != null && !takesThinkingLevel(model))
    return [{ words: `\`thinkingLevel\` is refused by ${model}`, fix: 'use `thinkingBudget`' }]
  return budget === 0 && thinks(model) === 'always'
    ? [{ words: `${model} cannot be kept from thinking`, fix: 'leave out `thinkingBudget: 0`' }]
    : []
}

/** Gemini API reference, GenerationConfig. */
const maxTemperature = 2

function temperatureConcerns(temperature: unknown): readonly Concern[] {
  if (typeof temperature !== 'number' || (temperature >= 0 && temperature <= maxTemperature)) return []
  return [
    { words: `\`temperature: ${temperature}\` is out of Gemini's range`, fix: 'choose one from 0 to 2' },
  ]
}

const littleRoom = 1_000

/** Thoughts are a part of what `maxOutputTokens` limits (Gemini document, Thinking). */
function littleRoomConcerns(config: Fields, maxTokens: number | null, model: string): readonly Concern[] {
  const thinking = asFields(config['thinkingConfig'])
  const kind = thinks(model)
  const isAsked = thinking !== null && thinking['thinkingBudget'] !== 0
  const isThinking =
    kind === 'always' || isAsked || (thinking === null && (kind === 'unless forbidden' || kind === 'perhaps'))
  if (maxTokens === null || maxTokens >= littleRoom || !isThinking || kind === 'never') return []
  return [
    {
      words: `what ${model} thinks counts against the limit of ${maxTokens} tokens${kind === 'perhaps' ? ', should it think' : ''}; an answer may be cut before its first word`,
      fix:
        kind === 'always'
          ? 'raise `maxTokens`: only what is used is billed'
          : 'parameters: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } } in the job, or raise `maxTokens`: only what is used is billed',
    },
  ]
}

/** Gemini API reference; the service takes the same names with underscores. */
const generateFields: readonly string[] = [
  'cachedContent',
  'generationConfig',
  'model',
  'safetySettings',
  'serviceTier',
  'store',
  'toolConfig',
  'tools',
]
const embedFields: readonly string[] = ['model', 'taskType', 'title']

/** A name that a message does not have is an error of each request. */
function unknownConcerns(extra: Fields, known: readonly string[]): readonly Concern[] {
  return Object.keys(extra)
    .filter((name) => !known.includes(camelCase(name)))
    .map((name) => ({
      words: `\`${name}\` is no field of a request to Gemini; each request with it fails`,
      fix: `leave it out, or say parameters: { generationConfig: { ${name}: … } } where it is meant for the answer`,
    }))
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
