import type { Dialect, NoRoute, Route } from '../../core/dialect.ts'
import { Refusal } from '../../core/errors.ts'
import { handle } from './api/operations.ts'
import { authorise } from './auth.ts'
import { anthropicBatches } from './batch/rules.ts'
import { errorBody } from './errors.ts'
import { findModel } from '../../families/claude/models.ts'
import { basePath, operations, resolvePath } from './paths.ts'
import { anthropicScenarios } from './scenarios.ts'

/** Anthropic: Message Batches, messages, token counts, models. */
export const anthropic: Dialect = {
  name: 'anthropic',
  profiles: ['anthropic'],
  basePath,
  operations,
  route,
  batches: anthropicBatches,
  scenarios: anthropicScenarios,
  hasModel: (name) => findModel(name) !== undefined,
}

function route(method: string, pathname: string): Route | NoRoute {
  const match = resolvePath(method, pathname)
  const speech = { errorBody, headers: (requestId: string) => ({ 'request-id': requestId }) }
  if (match.kind === 'unknown') return { ...speech, refusal: new Refusal(404, { message: 'Not found' }) }
  if (match.kind === 'wrong-method') {
    const headers = { allow: match.allow.join(', ') }
    return { ...speech, refusal: new Refusal(405, { message: 'Method Not Allowed' }, headers) }
  }
  const { operation, id } = match
  return {
    ...speech,
    operation,
    profile: 'anthropic',
    // A batch is read off the connection request by request: it may be 256 MB.
    readsBody: operation !== 'batches.create',
    authorise: (headers, _query, apiKeys) => authorise(headers, apiKeys),
    handle: (call) => handle({ ...call, operation, id }),
  }
}
