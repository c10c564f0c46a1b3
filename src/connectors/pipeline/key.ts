import type { SourceRecord } from '../../ports/source.ts'
import type { Step } from './steps.ts'
import { keyOf, keyParts } from '../../domain/record-key.ts'
import { isObject, keyText, noKeyPart } from '../record.ts'
import { fieldOf } from '../../domain/own-value.ts'

/**
 * A step that takes the key from fields of the row. With `rootFields`, the fields begin with the source's own key, and
 * its values must be what they were: only then is a record found again by its key.
 */
export function keyStep<Row>(
  fields: readonly (keyof Row & string)[],
  rootFields: readonly string[] | null,
): Step<Row, Row> {
  return ({ key, row }, root): readonly SourceRecord<Row>[] => {
    const rootParts = rootFields === null ? [] : keyParts(root.key)
    const parts: string[] = []
    for (const [index, field] of fields.entries()) {
      const value = fieldOf(row, field)
      const rootPart = index < (rootFields?.length ?? 0) ? rootParts[index] : undefined
      // The source may write a value in another way than we would (a date, 007), so an untouched one keeps its text.
      const untouched = isObject(root.row) && Object.is(fieldOf(root.row, field), value)
      const part = rootPart !== undefined && untouched ? rootPart : keyText(value)
      if (part === null) return [{ key, problem: `there is no usable key: ${noKeyPart(field, value)}` }]
      if (rootPart !== undefined && part !== rootPart) {
        const problem = `"${field}" begins the key, so it must stay as it is in the source: it was ${rootPart} and is ${part}; name another field first in key()`
        return [{ key, problem }]
      }
      parts.push(part)
    }
    return [{ key: keyOf(parts), row }]
  }
}
