import type { Dialect, NoRoute, Route } from '../../core/dialect.ts'
import { Refusal } from '../../core/errors.ts'
import { handle } from './api/operations.ts'
import { authorise } from './auth.ts'
import { mistralBatches } from './batch/rules.ts'
import { errorBody, modelErrorBody } from './errors.ts'
import { findModel } from './models.ts'
import { basePath, modelOperations, operations, resolvePath } from './paths.ts'
import { mistralScenarios } from './scenarios.ts'

/** Mistral: files, batch jobs, chat, embeddings and OCR at once, models. */
export const mistral: Dialect = {
  name: 'mistral',
  profiles: ['mistral'],
  basePath,
  operations,
  route,
  batches: mistralBatches,
  scenarios: mistralScenarios,
  hasModel: (name) => findModel(name) !== undefined,
}

function route(method: string, pathname: string): Route | NoRoute {
  const match = resolvePath(method, pathname)
  const headers = (requestId: string): Readonly<Record<string, string>> => ({
    'mistral-correlation-id': requestId,
  })
  if (match.kind === 'unknown')
    return { errorBody, headers, refusal: new Refusal(404, { message: 'Not Found' }) }
  if (match.kind === 'wrong-method') {
    const allow = { allow: match.allow.join(', ') }
    return { errorBody, headers, refusal: new Refusal(405, { message: 'Method Not Allowed' }, allow) }
  }
  const { operation, id } = match
  return {
    errorBody: modelOperations.has(operation) ? modelErrorBody : errorBody,
    headers,
    operation,
    profile: 'mistral',
    readsBody: operation !== 'files.create',
    authorise: (given, _query, apiKeys) => authorise(given, apiKeys),
    handle: (call) => handle({ ...call, operation, id }),
  }
}
