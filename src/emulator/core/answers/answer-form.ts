import type { JsonObject } from '../json.ts'

/** What the request wants the answer to look like. */
export type AnswerForm =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly schema: JsonObject }
