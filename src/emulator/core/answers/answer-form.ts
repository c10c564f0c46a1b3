import type { JsonObject } from '../json.ts'

/** The form that the request wants for its answer. */
export type AnswerForm =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly schema: JsonObject }
