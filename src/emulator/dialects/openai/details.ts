import { textIn } from '../../core/json.ts'
import type { BatchRecord } from '../../core/records.ts'

/** The fields of an OpenAI batch beside those of every batch. */
export interface BatchDetails {
  readonly endpoint: string
  readonly inputFileId: string
  readonly inputBytes: number
  readonly completionWindow: string
  /** How long its result files are kept; `null`: as long as any. */
  readonly outputExpiresSeconds: number | null
}

export function detailsOf({ details }: BatchRecord): BatchDetails {
  const { outputExpiresSeconds, inputBytes } = details
  return {
    endpoint: textIn(details, 'endpoint'),
    inputFileId: textIn(details, 'inputFileId'),
    inputBytes: typeof inputBytes === 'number' ? inputBytes : 0,
    completionWindow: textIn(details, 'completionWindow'),
    outputExpiresSeconds: typeof outputExpiresSeconds === 'number' ? outputExpiresSeconds : null,
  }
}

/** The endpoint without `/v1`, which Azure leaves out. */
export function plainEndpoint(url: string): string {
  return url.startsWith('/v1/') ? url.slice(3) : url
}
