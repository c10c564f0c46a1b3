import type { Call } from '../../core/http/call.ts'

/** A call to Bedrock, or to S3. */
export interface BedrockCall extends Call {
  readonly operation: string
  /** Job, model or key of an object; `''` where the path has none. */
  readonly id: string
  /** Of a call to S3. */
  readonly bucket: string
}
