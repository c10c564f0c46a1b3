import type { Showing } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { BatchRecord, FileRecord } from '../../../core/records.ts'
import type { Model } from '../models.ts'

/** The differences between services that speak OpenAI's language, each by its own documents. */
export interface Service {
  /** The purpose of an input file. */
  readonly purpose: string
  readonly maxFileBytes: number
  readonly maxLines: number
  readonly endpoints: readonly string[]
  /** Seconds of a completion window by its text; `null` for one that there is not. */
  readonly windowSeconds: (text: string) => number | null
  /** How the windows are spoken of in a refusal. */
  readonly windows: readonly string[]
  /** The window of a create call that names none; `null`: it has to name one. */
  readonly usualWindow: string | null
  /** Whether a line says by `method` and `url` what it is. */
  readonly linesNameEndpoint: boolean
  readonly models: readonly Model[]
  /** What is other than at OpenAI: each is OpenAI's where it is left out. */
  readonly fileObject?: (file: FileRecord, nowMs: number, skewMs: number) => object
  readonly batchObject?: (batch: BatchRecord, showing: Showing) => JsonObject
  /** The answer to a create call. */
  readonly created?: (batch: JsonObject) => object
  /** The answer to a call for a list, where all of it comes at once. */
  readonly list?: (of: 'files' | 'batches', items: readonly object[]) => object
  readonly deleted?: (id: string) => object
  /** An answer as the service writes it. */
  readonly answer?: (body: JsonObject, tier: 'batch' | 'realtime') => JsonObject
}

const dayHours = 24

/** The one window of most services. */
export const oneDay = {
  windows: ['24h'],
  windowSeconds: (text: string): number | null => (text === '24h' ? 86_400 : null),
} as const

/** Windows from a day to a week, in hours or days. */
export function dayToWeek(text: string): number | null {
  const [, number = '', unit] = /^(\d{1,3})([hd])$/.exec(text) ?? []
  const hours = Number(number) * (unit === 'd' ? dayHours : 1)
  return number !== '' && hours >= dayHours && hours <= 7 * dayHours ? hours * 3600 : null
}
