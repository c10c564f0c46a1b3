import type { Dialect, NoRoute, Route } from '../../core/dialect.ts'
import { handle } from './api/operations.ts'
import { authorise, bearerOfUpload } from './auth.ts'
import { geminiBatches } from './batch/rules.ts'
import { errorBody, refuse } from './errors.ts'
import { findModel } from './models.ts'
import { basePath, operations, resolvePath } from './paths.ts'
import { geminiScenarios } from './scenarios.ts'

/** Gemini Developer API: files, batches of content and of embeddings, both at once, token counts, models. */
export const gemini: Dialect = {
  name: 'gemini',
  profiles: ['gemini'],
  basePath,
  operations,
  route,
  batches: geminiBatches,
  scenarios: geminiScenarios,
  hasModel: (name) => findModel(name) !== undefined,
}

function route(method: string, pathname: string): Route | NoRoute {
  const { match, version, verb } = resolvePath(method, pathname)
  const speech = { errorBody, headers: () => ({ 'x-content-type-options': 'nosniff' }) }
  // A method that a path does not have is answered as a path that is not there.
  if (match.kind !== 'route')
    return { ...speech, refusal: refuse('NOT_FOUND', 'Requested entity was not found.') }
  const { operation, id } = match
  const isUpload = operation === 'files.create'
  return {
    ...speech,
    operation,
    profile: 'gemini',
    readsBody: !isUpload,
    authorise: (headers, query, apiKeys) => (isUpload ? bearerOfUpload : authorise(headers, query, apiKeys)),
    handle: (call) => handle({ ...call, operation, id, verb, version }),
  }
}
