import type { Dialect, NoRoute, Route, Speech } from '../../core/dialect.ts'
import { Refusal } from '../../core/errors.ts'
import { authorise } from './auth.ts'
import { bedrockErrorBody, bedrockErrorHeaders, s3ErrorBody, xmlHeaders } from './errors.ts'
import { bedrockBatches } from './jobs/rules.ts'
import { findModel } from './models.ts'
import { handle } from './operations.ts'
import { basePath, operations, resolvePath } from './paths.ts'
import { bedrockScenarios } from './scenarios.ts'

/** Amazon Bedrock: model invocation jobs, InvokeModel of Claude, and as much of S3 as they need. */
export const bedrock: Dialect = {
  name: 'bedrock',
  profiles: ['bedrock'],
  basePath,
  operations,
  route,
  batches: bedrockBatches,
  scenarios: bedrockScenarios,
  hasModel: (name) => findModel(name) !== undefined,
}

const speeches: Readonly<Record<'bedrock' | 's3', Speech>> = {
  bedrock: {
    errorBody: bedrockErrorBody,
    errorHeaders: bedrockErrorHeaders,
    headers: (requestId) => ({ 'x-amzn-requestid': requestId }),
  },
  s3: {
    errorBody: s3ErrorBody,
    errorHeaders: () => xmlHeaders,
    headers: (requestId) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': 'offpeak-emulator' }),
  },
}

function route(method: string, pathname: string): Route | NoRoute {
  const { service, bucket, match } = resolvePath(method, pathname)
  const speech = speeches[service]
  if (match.kind === 'unknown')
    return {
      ...speech,
      refusal: new Refusal(404, { message: 'Not Found', code: 'UnknownOperationException' }),
    }
  if (match.kind === 'wrong-method') {
    const message = 'The specified method is not allowed against this resource.'
    return { ...speech, refusal: new Refusal(405, { message }, { allow: match.allow.join(', ') }) }
  }
  const { operation, id } = match
  return {
    ...speech,
    operation,
    profile: 'bedrock',
    readsBody: operation !== 'files.create',
    authorise: (headers, _query, apiKeys) => authorise(service, headers, apiKeys),
    handle: (call) => handle({ ...call, operation, id, bucket }),
  }
}
