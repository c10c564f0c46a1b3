import { OffpeakError } from '../domain/errors.ts'
import { typedKey } from '../wording/typed-key.ts'
import { validateKeepingNames } from '../domain/keeping-names.ts'
import { threwWords } from '../domain/user-code.ts'
import { issuePath, issuesText, type StandardIssue, type StandardSchema } from '../domain/standard-schema.ts'
import { largeNumberIn, largeNumberWords, withValueAt } from '../planning/answers/large-number.ts'
import type { SourceRecord } from '../ports/source.ts'

/** A record of a row that has a key, or the reason why its row cannot be used. */
export async function checkedRecord<Row>(
  key: string,
  value: unknown,
  schema: StandardSchema<unknown, Row>,
): Promise<SourceRecord<Row>> {
  try {
    // What takes any row leaves nothing out.
    const checked = Object.is(schema, anyRow)
      ? schema['~standard'].validate(value)
      : validateKeepingNames(schema, value)
    const result = checked instanceof Promise ? await checked : checked
    if (result.issues) {
      const fix = await largeNumberFix(value, result.issues, schema)
      return { key, problem: `The row does not fit its schema: ${issuesText(result.issues)}${fix}` }
    }
    return { key, row: result.value }
  } catch (thrown) {
    return {
      key,
      problem: `the row schema threw${threwWords(thrown)}`,
    }
  }
}

/** What to do about a number that is text, where the schema wants a number; nothing where that is not the matter. */
async function largeNumberFix(
  value: unknown,
  issues: readonly StandardIssue[],
  schema: StandardSchema,
): Promise<string> {
  const found = largeNumberIn(value, issues)
  if (found === null) return ''
  const place = found.path.map(String).join('.')
  for (const number of [Number(found.text), 0, 1]) {
    const { issues: others = [] } = await schema['~standard'].validate(withValueAt(value, found.path, number))
    if (!others.some((issue) => issuePath(issue).map(String).join('.') === place))
      return `. ${largeNumberWords(found)}`
  }
  return ''
}

/** A schema that takes every object as it is; for sources without a row schema. */
export const anyRow: StandardSchema<unknown, Record<string, unknown>> = {
  '~standard': {
    version: 1,
    vendor: 'offpeak',
    validate: (value) => (isObject(value) ? { value } : { issues: [{ message: 'is not an object' }] }),
  },
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as part of a key; null when it cannot be one. */
export function keyText(value: unknown): string | null {
  // Half of a surrogate pair is kept by no store of the state, and by no sink that writes UTF-8.
  if (typeof value === 'string') return value === '' || !value.isWellFormed() ? null : value
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

/** Why the value of a field is no part of a key. */
export function noKeyPart(name: string, value: unknown): string {
  return typeof value === 'string' && !value.isWellFormed()
    ? `"${name}" holds half of a surrogate pair, which is not text`
    : `"${name}" must be a text or a number`
}

/**
 * The problem of a row whose key is not whole; such rows are told apart by counting them. Keys that are made up have a
 * form that real ones do not have: a real key must not be taken for a repetition of one.
 */
export function nullKey(number: number, key: readonly string[]): SourceRecord<never> {
  return { key: `(no key ${number})`, problem: `The row has no key: ${key.join(', ')} is null` }
}

/** The problem of a further row with a key that another row has too. */
export function repeatedKey(key: string, times: number): SourceRecord<never> {
  return {
    key: `${key} (again ${times})`,
    problem: `The key "${typedKey(key)}" is not unique: another row has it too`,
  }
}

/**
 * The columns or fields that identify a row, as a job file names them: `key` may be anything there. Throws
 * E_SOURCE_KEY when none is named.
 */
export function keyFields(key: unknown, source: string): readonly string[] {
  const fields: readonly unknown[] = Array.isArray(key) ? key : [key]
  const names = fields.filter((field): field is string => typeof field === 'string' && field !== '')
  if (names.length > 0 && names.length === fields.length) return names
  throw new OffpeakError(
    'E_SOURCE_KEY',
    `${source} needs \`key\`: the columns or fields that identify a row`,
    {
      fix: "key: 'id', or key: ['shop', 'id']",
    },
  )
}
