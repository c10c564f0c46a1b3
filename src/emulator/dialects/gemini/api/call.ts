import type { Call } from '../../../core/http/call.ts'
import type { JsonObject } from '../../../core/json.ts'
import { refuse } from '../errors.ts'
import { type Model, findModel } from '../models.ts'

/** A call to Gemini. */
export interface GeminiCall extends Call {
  readonly operation: string
  /** The id in the path; `''` where it has none. */
  readonly id: string
  /** What the path wants done: `batchGenerateContent`; `''` where it says nothing. */
  readonly verb: string
  /** `v1beta` or `v1`. */
  readonly version: string
}

/** The model in the path of a call, which must be one that can do it. Throws a Refusal. */
export function requireModel(call: GeminiCall, kind: Model['kind']): Model {
  const model = findModel(call.id)
  if (model?.kind !== kind)
    throw refuse(
      'NOT_FOUND',
      `models/${call.id} is not found for API version ${call.version}, or is not supported for ${call.verb}. Call ListModels to see the list of available models and their supported methods.`,
    )
  if (call.playing.has('gemini-model-closed'))
    throw refuse(
      'NOT_FOUND',
      `This model models/${call.id} is no longer available to new users. Please update your code to use a newer model for the latest features and improvements.`,
    )
  return model
}

/** A request may name its model again; it must be that of the path. */
export function otherModel(body: JsonObject, model: Model): string | null {
  const named = body['model']
  return named === undefined || named === model.name || named === `models/${model.name}`
    ? null
    : `The model of the request must be models/${model.name}, which the path names.`
}

/** A time as the service writes it, to the nanosecond. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}
