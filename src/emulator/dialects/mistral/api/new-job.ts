import { type Json, type JsonObject, isArray, isObject } from '../../../core/json.ts'
import { extraFields, rangeError, wrong } from '../answers/fields.ts'
import { endpoints, otherEndpoints } from '../answers/run-request.ts'
import { Refusal } from '../../../core/errors.ts'
import { type Detail, invalid, missing } from '../errors.ts'
import { findModel } from '../models.ts'

export interface WantedJob {
  readonly endpoint: string
  readonly model: string | null
  readonly metadata: Readonly<Record<string, string>> | null
  readonly timeoutHours: number
  /** Ids of files, or the requests themselves. */
  readonly input: { readonly files: readonly string[] } | { readonly requests: readonly JsonObject[] }
}

const fields = ['agent_id', 'endpoint', 'input_files', 'metadata', 'model', 'requests', 'timeout_hours']
/** Mistral document, Batch processing: fewer than 10,000 in the call itself, and a week at most. */
const maxInlineRequests = 10_000
const maxTimeoutHours = 168
const defaultTimeoutHours = 24

/** The wanted job of a create call. Throws a Refusal. */
export function readWantedJob(body: JsonObject): WantedJob {
  const { endpoint, timeout_hours: hours, model } = body
  const range = rangeError(body, 'timeout_hours', { min: 1, max: maxTimeoutHours, whole: true })
  const details: readonly Detail[] = [
    ...extraFields(body, fields, ['body']),
    ...(range === null ? [] : [range]),
    ...endpointErrors(endpoint),
    ...metadataErrors(body['metadata']),
  ]
  if (details.length > 0) throw invalid(...details)
  if (body['agent_id'] !== undefined && body['agent_id'] !== null)
    throw new Refusal(400, { message: 'This emulator has no agents.' })
  const path = typeof endpoint === 'string' ? endpoint : ''
  const kind = endpoints[path]
  if (kind === undefined) throw new Refusal(400, { message: `This emulator does not run ${path}.` })
  const name = typeof model === 'string' && model !== '' ? model : null
  if (name !== null && findModel(name)?.kind !== kind)
    throw new Refusal(400, { message: `Invalid model: ${name}` })
  return {
    endpoint: path,
    model: name,
    metadata: textsOf(body['metadata']),
    timeoutHours: typeof hours === 'number' ? hours : defaultTimeoutHours,
    input: readInput(body['input_files'], body['requests']),
  }
}

function endpointErrors(endpoint: Json | undefined): readonly Detail[] {
  if (endpoint === undefined) return [missing('endpoint')]
  const known = [...Object.keys(endpoints), ...otherEndpoints]
  if (typeof endpoint === 'string' && known.includes(endpoint)) return []
  const list = known.map((item) => `'${item}'`).join(', ')
  return [wrong('enum', ['body', 'endpoint'], `Input should be one of ${list}`, endpoint)]
}

function metadataErrors(metadata: Json | undefined): readonly Detail[] {
  if (metadata === undefined || metadata === null) return []
  if (!isObject(metadata))
    return [wrong('dict_type', ['body', 'metadata'], 'Input should be a valid dictionary', metadata)]
  return Object.entries(metadata)
    .filter(([, value]) => typeof value !== 'string')
    .map(([key, value]) =>
      wrong('string_type', ['body', 'metadata', key], 'Input should be a valid string', value),
    )
}

function textsOf(metadata: Json | undefined): Readonly<Record<string, string>> | null {
  if (!isObject(metadata)) return null
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

function readInput(files: Json | undefined, requests: Json | undefined): WantedJob['input'] {
  const ids = (isArray(files) ? files : []).filter((id) => typeof id === 'string')
  const list = isArray(requests) ? requests : []
  if ((ids.length === 0) === (list.length === 0))
    throw invalid(wrong('value_error', ['body'], 'Value error, give either input_files or requests', null))
  if (ids.length > 0) return { files: ids }
  if (list.length >= maxInlineRequests)
    throw invalid(
      wrong(
        'too_long',
        ['body', 'requests'],
        `List should have at most ${maxInlineRequests - 1} items after validation, not ${list.length}`,
        null,
      ),
    )
  const wrongOnes = list.flatMap((item, index): readonly Detail[] => {
    const loc = ['body', 'requests', index]
    if (!isObject(item))
      return [wrong('model_attributes_type', loc, 'Input should be a valid dictionary', item)]
    return isObject(item['body'])
      ? extraFields(item, ['custom_id', 'body'], loc)
      : [wrong('missing', [...loc, 'body'], 'Field required', item)]
  })
  if (wrongOnes.length > 0) throw invalid(...wrongOnes)
  return { requests: list.filter((item) => isObject(item)) }
}
