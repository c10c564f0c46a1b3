import { isEmbedding, type ModelRequest } from '../../domain/request.ts'
import type { Concern, Inspection } from '../../ports/provider/wire.ts'
import { inspectAnthropic } from '../anthropic/inspect.ts'
import type { Fields } from '../replies/fields.ts'
import { claudeOf } from './model-id.ts'

/**
 * Problems of a request's fields for Claude at Bedrock. Batch inference takes neither tools nor guardrails, and passes
 * marks for the prompt cache over (AWS document, Bedrock, Batch inference; runs by others in 2026).
 */
export function inspectBedrock(request: ModelRequest): Inspection {
  if (isEmbedding(request)) return inspectAnthropic(request)
  const { extra, model } = request
  const others = Object.fromEntries(Object.entries(extra).filter(([name]) => !ownNames.has(name)))
  const seen = inspectAnthropic({ ...request, extra: others, model: claudeOf(model) ?? model })
  return {
    ...seen,
    cacheWriting: 'never',
    refused: [...seen.refused, ...ownConcerns(extra)],
  }
}

/** What InvokeModel knows beside Anthropic's own fields (AWS document, Anthropic Claude Messages API), or is spoken of below. */
const ownNames: ReadonlySet<string> = new Set([
  'amazon-bedrock-guardrailConfig',
  'anthropic_beta',
  'anthropic_version',
  'guardrailConfig',
  'mcp_servers',
])

function ownConcerns(extra: Fields): readonly Concern[] {
  const concerns: Concern[] = []
  for (const name of ['tools', 'tool_choice', 'mcp_servers', 'container'])
    if (extra[name] != null)
      concerns.push({
        words: `\`${name}\`: batch inference of Bedrock takes no tools`,
        fix: `leave out \`${name}\`; what a job wants is asked for by its \`output\``,
      })
  for (const name of ['guardrailConfig', 'amazon-bedrock-guardrailConfig'])
    if (extra[name] != null)
      concerns.push({
        words: `\`${name}\`: batch inference of Bedrock takes no guardrails`,
        fix: `leave out \`${name}\``,
      })
  if (JSON.stringify(extra).includes('"cache_control"'))
    concerns.push({
      words: '`cache_control`: batch inference of Bedrock has no prompt cache, and passes it over',
      fix: 'leave it out, so that the plan counts on no cache',
    })
  for (const name of ['model', 'anthropic_version'])
    if (extra[name] != null)
      concerns.push({
        words: `\`${name}\` is set by Offpeak: the model goes with the job, not with its records`,
        fix: `leave out \`${name}\``,
      })
  return concerns
}
