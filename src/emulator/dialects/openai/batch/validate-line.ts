import { plainEndpoint } from '../details.ts'
import type { Profile } from '../ids.ts'
import { type JsonObject, isArray, isObject, parseJson, shown } from '../../../core/json.ts'
import type { Line } from '../../../core/batch/lines.ts'
import { type Model, findDeployment, unpricedModel } from '../models.ts'
import { modelAt, serviceOf } from '../services/services.ts'
import type { BatchError } from '../../../core/records.ts'

/** The facts of a batch while its lines are judged. */
export interface LineScope {
  readonly profile: Profile
  /** Endpoint without `/v1`. */
  readonly endpoint: string
  readonly deployments: Readonly<Record<string, string>>
  readonly standardDeployments: readonly string[]
  readonly customIds: Set<string>
  /** Model of the first good line; every other line must name the same. */
  model: string | null
}

export type LineCheck =
  | { readonly kind: 'request'; readonly body: JsonObject; readonly model: Model }
  | { readonly kind: 'error'; readonly error: BatchError }

/** Error codes by family: Azure renamed two of them (Azure guide, Global Batch error codes). */
const usualCodes = { url: 'invalid_url', model: 'mismatched_model' } as const
const azureCodes = { url: 'url_mismatch', model: 'model_mismatch' } as const

function codesOf({ profile }: LineScope): { readonly url: string; readonly model: string } {
  return profile === 'azure' ? azureCodes : usualCodes
}

/** The check of one line as the service does it before anything runs; the first thing wrong is reported. */
export function checkLine(line: Line, scope: LineScope): LineCheck {
  const fail = (code: string, message: string, param: string | null = null): LineCheck => ({
    kind: 'error',
    error: { code, message, param, line: line.number },
  })
  const value = parseJson(line.text)
  if (value === undefined) return fail('invalid_json_line', 'This line is not parseable as valid JSON.')
  if (!isObject(value)) return fail('invalid_json_line', 'This line is not parseable as valid JSON.')
  const { custom_id: customId, method, url, body } = value
  const named = serviceOf(scope.profile).linesNameEndpoint
  for (const name of named ? ['custom_id', 'method', 'url', 'body'] : ['custom_id', 'body']) {
    const field = value[name]
    if (field !== undefined && field !== null && field !== '') continue
    return fail('missing_required_parameter', `Missing required parameter: '${name}'.`, name)
  }
  if (typeof customId !== 'string') {
    return fail('invalid_type', `Invalid type for 'custom_id': expected a string.`, 'custom_id')
  }
  if (scope.customIds.has(customId)) {
    return fail(
      'duplicate_custom_id',
      `The custom_id '${customId}' for this request is a duplicate of another request. The custom_id parameter must be unique for each request in a batch.`,
      'custom_id',
    )
  }
  scope.customIds.add(customId)
  if (method !== 'POST' && (named || method !== undefined)) {
    return fail('invalid_value', `Invalid value: '${shown(method)}'. Supported values are: 'POST'.`, 'method')
  }
  if ((named || url !== undefined) && (typeof url !== 'string' || !sameEndpoint(url, scope))) {
    return fail(
      codesOf(scope).url,
      'The URL provided for this request does not match the batch endpoint.',
      'url',
    )
  }
  if (!isObject(body)) {
    return fail('invalid_type', `Invalid type for 'body': expected an object.`, 'body')
  }
  return checkBody(body, scope, fail)
}

function sameEndpoint(url: string, scope: LineScope): boolean {
  if (scope.profile === 'azure') return plainEndpoint(url) === scope.endpoint
  return url === `/v1${scope.endpoint}`
}

function checkBody(
  body: JsonObject,
  scope: LineScope,
  fail: (code: string, message: string, param?: string | null) => LineCheck,
): LineCheck {
  const name = body['model']
  if (typeof name !== 'string' || name === '')
    return fail('invalid_request', 'Model parameter is required.', 'body.model')
  if (scope.model !== null && name !== scope.model) {
    return fail(
      codesOf(scope).model,
      `The model '${name}' for this request does not match the rest of the batch. Each batch must contain requests for a single model.`,
      'body.model',
    )
  }
  const model = batchModel(name, scope)
  if (!model)
    return fail(
      'model_not_found',
      `The provided model '${name}' is not supported by the Batch API.`,
      'body.model',
    )
  scope.model ??= name
  if (scope.standardDeployments.includes(name)) {
    // What a deployment of another kind answers (Azure, error OperationNotSupported).
    return fail(
      'OperationNotSupported',
      `The ${operationName(scope.endpoint)} operation does not work with the specified model, ${model.name}. Please choose different model and try again.`,
    )
  }
  if (scope.endpoint === '/chat/completions' && !isArray(body['messages'])) {
    return fail('invalid_request', 'Messages parameter is required.', 'body.messages')
  }
  if (body['stream'] === true) {
    const api = scope.endpoint === '/responses' ? 'Responses' : 'Chat Completions'
    return fail(
      'streaming_unsupported',
      `${api}: Streaming is not supported in the Batch API.`,
      'body.stream',
    )
  }
  return { kind: 'request', body, model }
}

function operationName(endpoint: string): string {
  return endpoint === '/chat/completions' ? 'chatCompletion' : endpoint.slice(1)
}

/** The model behind a name, when it can do what the endpoint asks. */
export function batchModel(
  name: string,
  scope: Pick<LineScope, 'profile' | 'deployments' | 'endpoint'>,
): Model | undefined {
  const wanted = scope.endpoint === '/embeddings' ? 'embedding' : 'chat'
  if (scope.profile === 'upstream') return unpricedModel(name, wanted)
  const model =
    scope.profile === 'azure' ? findDeployment(name, scope.deployments, wanted) : modelAt(scope.profile, name)
  return model?.kind === wanted ? model : undefined
}
