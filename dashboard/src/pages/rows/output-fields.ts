/** The name of the column of answers that have no fields: no field is called so. */
export const wholeAnswer = ''

const mostFields = 60

/** The fields of some answers, in the order in which they come. */
export function outputFields(outputs: Iterable<unknown>): readonly string[] {
  const fields = new Set<string>()
  for (const output of outputs) {
    if (output === null || output === undefined) continue
    if (isFields(output)) for (const name of Object.keys(output)) fields.add(name)
    else fields.add(wholeAnswer)
    if (fields.size >= mostFields) break
  }
  return [...fields].slice(0, mostFields)
}

/** What an answer has in a field, as one text; null: nothing. */
export function fieldText(output: unknown, field: string): string | null {
  if (output === null || output === undefined) return null
  if (field === wholeAnswer) return isFields(output) ? null : textOfValue(output)
  return isFields(output) && Object.hasOwn(output, field) ? textOfValue(output[field]) : null
}

function textOfValue(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value.join(', ')
  return JSON.stringify(value)
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
