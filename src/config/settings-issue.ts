import { z } from 'zod'
import { nearNames } from '../planning/text/near-names.ts'

/** The problem of one entry of a configuration, and what the entry may be instead. */
export interface SettingsIssue {
  /** The entry, as `worker.driver`; empty: the whole. */
  readonly path: string
  readonly problem: string
  readonly fix: string
}

const shownCharacters = 60
/** Issues that are about the kind of a value, or about which of a few it is. */
const ofShape: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union'])

/**
 * The first problem of a value, in words of whoever wrote it: the name that was meant, or what stands there and what
 * may; `schema` is what the value was parsed with, `whole` what the value is called, `more` where all of it stands.
 */
export function settingsIssue(
  schema: z.ZodType,
  value: unknown,
  error: z.ZodError,
  { whole = 'the configuration', more = 'docs/reference/ has each entry' } = {},
): SettingsIssue {
  // A name that nothing reads explains the one that is missing.
  const first = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0]
  const issue = deepest(first)
  const path = issue?.path ?? []
  const place = path.join('.')
  const allowed = at(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), path)
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    const known = allowed.flatMap(keysOf)
    const [near] = nearNames(key, known)
    return {
      path: place,
      problem: `there is no entry \`${[...path, key].join('.')}\``,
      fix:
        near !== undefined
          ? `did you mean \`${near}\`?`
          : known.length === 0
            ? `${place === '' ? whole : `\`${place}\``} takes no entries`
            : `${place === '' ? 'the entries are' : `\`${place}\` takes`} ${known.join(', ')}`,
    }
  }
  // What a rule of ours says does not repeat the value, which may hold a secret.
  if (issue !== undefined && !ofShape.has(issue.code))
    return {
      path: place,
      problem: `\`${place}\`: ${ruleOf(issue).message}`,
      fix: more,
    }
  const given = path.reduce<unknown>((inner, part) => Reflect.get(Object(inner), part), value)
  const choices = [...new Set(allowed.flatMap(choicesOf))]
  return {
    path: place,
    problem: `${place === '' ? whole : `\`${place}\``} is ${shown(given)}`,
    fix:
      choices.length === 0
        ? (issue?.message ?? more)
        : `${meantWords(given, allowed)}it takes ${choices.length === 1 ? '' : `${choices.slice(0, -1).join(', ')} or `}${choices.at(-1)}`,
  }
}

/** Which of a few words was probably meant. */
function meantWords(given: unknown, allowed: readonly Schema[]): string {
  if (typeof given !== 'string') return ''
  const words = allowed.flatMap((shape) => [shape.const, ...(shape.enum ?? [])])
  const [near] = nearNames(
    given,
    words.filter((word) => typeof word === 'string'),
  )
  return near === undefined ? '' : `did you mean '${near}'? `
}

/** What is wrong with a name is said by the rule for names. */
function ruleOf(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  return issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue
}

/** Of a choice between shapes, the issue of the one that was meant: the one in which most was right. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const inner = issue.errors
    .flatMap(([first]) => (first === undefined ? [] : [deepest(first) ?? first]))
    .find(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] }
}

type Schema = z.core.JSONSchema.BaseSchema

/** The shapes that an entry may have. */
function at(schema: Schema, path: readonly PropertyKey[]): readonly Schema[] {
  const shapes = (schema.anyOf ?? [schema]).filter((shape) => typeof shape === 'object')
  const [name, ...rest] = path
  if (name === undefined) return shapes
  return shapes.flatMap((shape) => {
    const inner = shape.properties?.[String(name)] ?? shape.additionalProperties ?? shape.items
    return typeof inner === 'object' && !Array.isArray(inner) ? at(inner, rest) : []
  })
}

function keysOf({ properties, propertyNames }: Schema): readonly string[] {
  const listed = typeof propertyNames === 'object' ? (propertyNames.enum ?? []).map(String) : []
  return [...Object.keys(properties ?? {}), ...listed]
}

function choicesOf(shape: Schema): readonly string[] {
  if (shape.const !== undefined) return [quoted(shape.const)]
  if (shape.enum !== undefined) return shape.enum.map(quoted)
  if (shape.type === 'boolean') return ['true', 'false']
  if (shape.type === 'string') return ['a text']
  if (shape.type === 'array') return ['a list']
  if (shape.type === 'number' || shape.type === 'integer')
    return [shape.exclusiveMinimum === 0 || shape.minimum === 0 ? 'a positive number' : 'a number']
  if (shape.type !== 'object') return []
  const keys = keysOf(shape)
  return [keys.length === 0 ? '{ … }' : `{ ${keys.join(', ')} }`]
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'function') return 'a function'
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? typeof value)
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`
}
