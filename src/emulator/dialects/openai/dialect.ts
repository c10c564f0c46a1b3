import type { Dialect, NoRoute, Route } from '../../core/dialect.ts'
import { Refusal } from '../../core/errors.ts'
import { authorise, checkApiVersion } from './auth.ts'
import { openaiBatches } from './batch/rules.ts'
import { errorBody } from './errors.ts'
import { findModel } from './models.ts'
import { handle } from './api/operations.ts'
import { type PathForm, operations, resolvePath } from './paths.ts'
import { answerShapeScenarios } from './scenarios/answer-shapes.ts'
import { batchObjectScenarios } from './scenarios/batch-object.ts'
import { callScenarios } from './scenarios/calls.ts'
import { lineScenarios } from './scenarios/lines.ts'
import { lifeScenarios } from './scenarios/lives.ts'

/** OpenAI and Azure OpenAI: files, batches, chat completions, responses, embeddings, models. */
export const openai: Dialect = {
  name: 'openai',
  profiles: ['openai', 'azure'],
  basePath: '/v1',
  operations,
  route,
  batches: openaiBatches,
  scenarios: [
    ...lifeScenarios,
    ...batchObjectScenarios,
    ...lineScenarios,
    ...answerShapeScenarios,
    ...callScenarios,
  ],
  hasModel: (name) => findModel(name) !== undefined,
}

function route(method: string, pathname: string): Route | NoRoute {
  const { form, deployment, match } = resolvePath(method, pathname)
  const speech = speechOf(form)
  if (match.kind !== 'route') return { ...speech, refusal: wrongPath(method, pathname, match) }
  const { operation, id } = match
  const profile = form === 'openai' ? 'openai' : 'azure'
  return {
    ...speech,
    operation,
    profile,
    readsBody: operation !== 'files.create',
    authorise: (headers, query, apiKeys) => {
      const maker = authorise(form, headers, apiKeys)
      checkApiVersion(form, query)
      return maker
    },
    handle: (call) => handle({ ...call, profile, operation, id, form, deployment }),
  }
}

function speechOf(form: PathForm): Pick<Route, 'errorBody' | 'headers'> {
  return {
    errorBody: (status, fields) => errorBody(form, status, fields),
    headers: (requestId) => ({ 'x-request-id': requestId, 'openai-processing-ms': '1' }),
  }
}

function wrongPath(
  method: string,
  pathname: string,
  found: { kind: 'wrong-method'; allow: readonly string[] } | { kind: 'unknown' },
): Refusal {
  return found.kind === 'unknown'
    ? new Refusal(404, { message: `Invalid URL (${method} ${pathname})` })
    : new Refusal(
        405,
        { message: `Not allowed to ${method} on ${pathname}.`, code: 'method_not_supported' },
        { allow: found.allow.join(', ') },
      )
}
