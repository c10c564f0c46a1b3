import type { Dialect, Relay } from '../../../core/dialect.ts'
import { type Json, isObject } from '../../../core/json.ts'
import type { TokenUsage } from '../../../core/records.ts'
import { openaiBatches } from '../batch/rules.ts'
import { detailsOf, plainEndpoint } from '../details.ts'
import { routePatterns } from '../paths.ts'
import { speaks } from './dialects.ts'

/** What is asked of a batch's server, and what its answers came to. */
const behind: Relay = {
  path: (batch) => plainEndpoint(detailsOf(batch).endpoint),
  executed: ({ status, body }) => ({
    status,
    body,
    usage: status === 200 ? usageOf(body['usage']) : null,
  }),
}

/** As chat completions and embeddings name tokens, or as responses do; a server that tells none has used none. */
function usageOf(usage: Json | undefined): TokenUsage {
  const told = isObject(usage) ? usage : {}
  const count = (...names: readonly string[]): number =>
    names.map((name) => told[name]).find((value) => typeof value === 'number') ?? 0
  return {
    inputTokens: count('prompt_tokens', 'input_tokens'),
    outputTokens: count('completion_tokens', 'output_tokens'),
  }
}

/** OpenAI's files and batches in front of a server that has neither; all else is handed on to it. */
export const relay: Dialect = {
  ...speaks({
    profile: 'upstream',
    basePath: '/v1',
    prefix: '',
    paths: routePatterns,
    scenarios: [],
    isOpen: true,
  }),
  name: 'openai',
  batches: { ...openaiBatches, relay: behind },
  hasModel: () => true,
}
