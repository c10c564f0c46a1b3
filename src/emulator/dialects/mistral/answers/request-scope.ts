import type { Model } from '../models.ts'

/** The context of an execution, beside the body. */
export interface RequestScope {
  readonly model: Model
  /** The name that the caller used. */
  readonly requestedModel: string
  /** 40 hex digits that all ids and choices are derived from. */
  readonly digest: string
  readonly createdAtSeconds: number
  /** True while a `[[server_error_once]]` request has not failed yet. */
  readonly failOnce: boolean
  /** The bytes of an uploaded file, in base64; `null`: there is none. */
  readonly file: (id: string) => string | null
}
