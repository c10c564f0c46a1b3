import type { Dialect, NoRoute, Route } from '../../core/dialect.ts'
import { Refusal } from '../../core/errors.ts'
import { handle } from './api/operations.ts'
import { authorise } from './auth.ts'
import { xaiBatches } from './batches/rules.ts'
import { errorBody } from './errors.ts'
import { findModel } from './models.ts'
import { basePath, operations, resolvePath } from './paths.ts'
import { xaiScenarios } from './scenarios.ts'

/** xAI: files, batches as containers of requests, chat completions. */
export const xai: Dialect = {
  name: 'xai',
  profiles: ['xai'],
  basePath,
  operations,
  route,
  batches: xaiBatches,
  scenarios: xaiScenarios,
  hasModel: (name) => findModel(name) !== undefined,
}

function route(method: string, pathname: string): Route | NoRoute {
  const match = resolvePath(method, pathname)
  const speech = { errorBody, headers: (requestId: string) => ({ 'x-request-id': requestId }) }
  if (match.kind === 'unknown') return { ...speech, refusal: new Refusal(404, { message: 'Not found.' }) }
  if (match.kind === 'wrong-method') {
    const headers = { allow: match.allow.join(', ') }
    return { ...speech, refusal: new Refusal(405, { message: 'Method not allowed.' }, headers) }
  }
  const { operation, id } = match
  return {
    ...speech,
    operation,
    profile: 'xai',
    readsBody: operation !== 'files.create',
    authorise: (headers, _query, apiKeys) => authorise(headers, apiKeys),
    handle: (call) => handle({ ...call, operation, id }),
  }
}
