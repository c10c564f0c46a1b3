import { isEmbedding, type ModelRequest } from '../../domain/request.ts'
import type { Concern, Inspection } from '../../ports/provider/wire.ts'
import { inspectRequest } from '../openai/openai-inspect.ts'

/** Tried live by a gateway in August 2026: the flagships are answered in real time alone. */
const notInBatches: ReadonlySet<string> = new Set(['grok-4.5', 'grok-4.6'])

/** xAI document, Models: refused by models that reason. */
const notForReasoning = ['presence_penalty', 'frequency_penalty', 'stop'] as const

/** Problems of a request's fields at xAI, beside what holds for OpenAI's chat completions anywhere. */
export function inspectXai(request: ModelRequest, endpoint: string): Inspection {
  const seen = inspectRequest(request, endpoint, { model: request.model, certain: false })
  if (isEmbedding(request)) return seen
  return {
    ...seen,
    refused: [...seen.refused, ...flagship(request.model)],
    doubtful: [...seen.doubtful, ...samplingConcerns(request.extra, request.model)],
  }
}

function flagship(model: string): readonly Concern[] {
  if (!notInBatches.has(model)) return []
  return [
    {
      words: `${model} is not to be had in batches of xAI`,
      fix: "take another model, such as xai('grok-4.3'); in real time it answers by openaiCompatible({ baseUrl: 'https://api.x.ai/v1', apiKeyEnv: 'XAI_API_KEY' })",
    },
  ]
}

function samplingConcerns(extra: Readonly<Record<string, unknown>>, model: string): readonly Concern[] {
  if (model.includes('non-reasoning')) return []
  return notForReasoning
    .filter((name) => extra[name] != null)
    .map((name) => ({
      words: `\`${name}\` is refused by models of xAI that reason`,
      fix: `leave out \`${name}\``,
    }))
}
