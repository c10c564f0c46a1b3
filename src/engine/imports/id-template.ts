import { OffpeakError } from '../../domain/errors.ts'
import { fieldOf } from '../../domain/own-value.ts'

/** The `custom_id` of a row, or the field of the template that the row does not have. */
export type RowId = { readonly id: string } | { readonly lacks: string }

/**
 * The ids that a template gives rows, as in `case-{id}` or `{module.code}-{code}`. Throws E_USAGE for a template without
 * a field.
 */
export function idTemplate(template: string): (row: unknown) => RowId {
  const parts = template.split(/\{([^{}]+)\}/)
  if (parts.length < 3)
    throw new OffpeakError('E_USAGE', `the template "${template}" names no field`, {
      fix: "--key 'case-{id}': what the ids look like, with the row's fields in braces",
    })
  return (row) => {
    let id = ''
    for (const [at, part] of parts.entries()) {
      const text = at % 2 === 0 ? part : textOf(row, part)
      if (text === null) return { lacks: part }
      id += text
    }
    return { id }
  }
}

function textOf(row: unknown, field: string): string | null {
  const value = fieldOf(row, field) ?? field.split('.').reduce(fieldOf, row)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : null
}
