import { OffpeakError } from '../../domain/errors.ts'
import type { StandardIssue, StandardSchema } from '../../domain/standard-schema.ts'
import { exampleOf } from './example.ts'
import { asJson, listOf, type Json } from './json-schema.ts'
import type { StrictSchema } from './schema.ts'

/** More values than these are not gone through. */
const maxTried = 50

/**
 * A refusal of a schema that takes none of the few values that a field may have by its own JSON Schema, as of one that
 * is made for what JSON has no word for: every answer to it would be paid and invalid. Throws E_SCHEMA with the path.
 */
export async function refuseHopeless(strict: StrictSchema, output: StandardSchema): Promise<void> {
  const answer = exampleOf(strict.enforced)
  const issueAt = async (made: unknown, path: readonly string[] | null): Promise<StandardIssue | null> => {
    const issues = await issuesOf(strict, output, made)
    return (path === null ? issues[0] : issues.find((each) => isAt(each, path))) ?? null
  }
  const issue = await issueAt(answer, null)
  const path = issue === null ? [] : pathOf(issue)
  const values = issue === null ? null : valuesAt(strict.enforced, path)
  if (issue === null || values === null || path.length === 0) return
  for (const value of values) if ((await issueAt(withValue(answer, path, value), path)) === null) return
  throw new OffpeakError(
    'E_SCHEMA',
    `No answer can ever fit the output schema at ${path.join('.')}: it takes none of ${values.map((value) => JSON.stringify(value)).join(', ')} (${issue.message}).`,
    {
      where: `output, ${path.join('.')}`,
      fix: 'Describe this part by what a model is to write there, and let a transform make the rest of it.',
    },
  )
}

async function issuesOf(
  { decode }: StrictSchema,
  output: StandardSchema,
  answer: unknown,
): Promise<readonly StandardIssue[]> {
  try {
    return (await output['~standard'].validate(decode(answer))).issues ?? []
  } catch {
    // A validator that throws is told of where its answers are judged.
    return []
  }
}

function pathOf({ path = [] }: StandardIssue): readonly string[] {
  return path.map((part) => String(typeof part === 'object' ? part.key : part))
}

function isAt(issue: StandardIssue, path: readonly string[]): boolean {
  return pathOf(issue).join('\0') === path.join('\0')
}

/** The values of a field, where it is one of named objects only and they are few; null: it is not. */
function valuesAt(form: Json, path: readonly string[]): readonly unknown[] | null {
  let at: Json | null = form
  for (const name of path) {
    const properties = asJson(at?.['properties'])
    at = properties !== null && Object.hasOwn(properties, name) ? asJson(properties[name]) : null
  }
  if (at?.['type'] === 'boolean' && at['enum'] === undefined) return [true, false]
  if (at?.['type'] === 'null') return [null]
  const values = listOf(at?.['enum'])
  return values === null || values.length > maxTried ? null : values
}

function withValue(answer: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  const object = asJson(answer) ?? {}
  return { ...object, [name]: withValue(object[name], rest, value) }
}
