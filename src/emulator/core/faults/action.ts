import type { ErrorFields } from '../errors.ts'
import type { Json } from '../json.ts'

/** The action of a fault on one call. */
export type FaultAction =
  | {
      readonly type: 'status'
      readonly status: number
      readonly body?: Json
      /** An error that the service words in its own way, where there is no body. */
      readonly fields?: ErrorFields
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly type: 'drop' }
  | { readonly type: 'hang'; readonly ms: number }
  | { readonly type: 'html' }
  | { readonly type: 'truncate'; readonly bytes: number }
  | { readonly type: 'slow'; readonly bytesPerSecond: number }
  /** `label`: the header alone, on a body that is not compressed. */
  | { readonly type: 'gzip'; readonly mode: 'packed' | 'label' }

/** Whether an action puts something in the place of the answer; of those only one can happen to a call. */
export function replacesAnswer(action: FaultAction): boolean {
  return action.type === 'status' || action.type === 'html' || action.type === 'drop'
}
