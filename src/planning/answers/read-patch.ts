import { validateKeepingNames } from '../../domain/keeping-names.ts'
import { threwWords } from '../../domain/user-code.ts'
import {
  issuePath,
  issuesText,
  type StandardIssue,
  type StandardSchema,
} from '../../domain/standard-schema.ts'
import { applyTextPolicy } from './text-policy.ts'
import { RepeatedKey } from '../schema/wire-shape.ts'
import { largeNumberIn, largeNumberWords } from './large-number.ts'

export interface PatchToRead {
  /** The whole output, as a person has put it. */
  readonly patch: unknown
  /** The job's schema; null: plain text. */
  readonly output: StandardSchema | null
  /** `decode` of the strict schema that models are sent: people may also keep to the form in which a model answers. */
  readonly decode: ((value: unknown) => unknown) | null
}

export type ReadPatch =
  | { readonly kind: 'accepted'; readonly output: unknown }
  | {
      readonly kind: 'invalid'
      readonly reason: string
      /** Where in the output: `topics.2`; empty: as a whole. */
      readonly path: string
    }

/**
 * The judgement of an output that a person has put in the place of an answer, by the same rules as an answer: the text
 * policy and the job's schema. A field that the schema would drop is refused, as a mistyped name would otherwise lose
 * its value without a word. Never throws or rejects.
 */
export async function readPatch({ patch, output, decode }: PatchToRead): Promise<ReadPatch> {
  const { value, problem } = applyTextPolicy(patch, 'reject')
  if (problem !== null) return invalid(problem)
  if (output === null)
    return typeof value === 'string' && value.trim() !== ''
      ? { kind: 'accepted', output: value }
      : invalid('it must be a text that is not empty')
  try {
    const first = await validated(output, value)
    if (first.kind === 'accepted' || decode === null) return first
    const decoded = await validated(output, decode(value))
    return decoded.kind === 'accepted' ? decoded : first
  } catch (thrown) {
    if (thrown instanceof RepeatedKey) return invalid(thrown.message)
    return invalid(`the schema threw${threwWords(thrown)}`)
  }
}

async function validated(schema: StandardSchema, value: unknown): Promise<ReadPatch> {
  const result = await validateKeepingNames(schema, value)
  if (result.issues !== undefined) {
    const large = largeNumberIn(value, result.issues)
    const words = large === null ? '' : `. ${largeNumberWords(large)}`
    return invalid(`${issuesText(result.issues)}${words}`, pathOf(result.issues[0]))
  }
  const dropped = droppedField(value, result.value)
  return dropped === null
    ? { kind: 'accepted', output: result.value }
    : invalid(`${dropped}: the schema has no such field`, dropped)
}

function pathOf(issue: StandardIssue | undefined): string {
  return issue === undefined ? '' : issuePath(issue).map(String).join('.')
}

/** The path of the first field that is not in what came of a value; what became something else is not looked into. */
function droppedField(given: unknown, kept: unknown): string | null {
  if (!isContainer(given) || !isContainer(kept) || Array.isArray(given) !== Array.isArray(kept)) return null
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!Object.hasOwn(kept, name)) return Array.isArray(given) ? null : name
    const inner = droppedField(value, Reflect.get(kept, name))
    if (inner !== null) return `${name}.${inner}`
  }
  return null
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

function invalid(reason: string, path = ''): ReadPatch {
  return { kind: 'invalid', reason, path }
}
