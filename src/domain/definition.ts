/**
 * Fingerprints of a job's definition, in two parts: `ask` is what is sent (source, prompt, schema as sent, model,
 * parameters), `write` is how an answer is judged and written (schema, `check`, `score`, `set`, sink).
 */
export interface Definition {
  readonly ask: string
  readonly write: string
}

/** Which parts of a definition are not what they were. */
export interface DefinitionChange {
  readonly ask: boolean
  readonly write: boolean
}

export const sameDefinition: DefinitionChange = { ask: false, write: false }

/** Whether each part of two definitions differs; a definition that is not known (null) matches everything. */
export function changeBetween(one: Definition | null, other: Definition | null): DefinitionChange {
  if (one === null || other === null) return sameDefinition
  return { ask: one.ask !== other.ask, write: one.write !== other.write }
}
