import { asJson, joinPath, never, type Json, type MutableJson } from './json-schema.ts'
import {
  addBound,
  DefinitionWalk,
  fixed,
  kept,
  keptList,
  keptObject,
  literally,
  objectOf,
  orNull,
  patternOf,
  recordOf,
  tupleOf,
  type Library,
} from './definition-walk.ts'

/**
 * The JSON Schema of what a schema of zod 3 takes, by its `_def` (zod 3.24 to 3.25, `src/types.ts`, whose kinds are final).
 * Refinements are judged and not told. Throws E_SCHEMA naming the path of what JSON cannot say or this does not know.
 */
export function zod3Schema(schema: object): Record<string, unknown> {
  return new DefinitionWalk(zod3, schema).whole()
}

export function isZod3(schema: object): boolean {
  return typeof definitionOf(schema)['typeName'] === 'string'
}

function definitionOf(schema: object): Json {
  return keptObject(schema, '_def')
}

const zod3: Library = {
  name: 'zod 3',
  otherWay:
    "npm install zod-to-json-schema@3, and output: jsonSchema(zodToJsonSchema(schema), schema), from 'zod-to-json-schema' and 'offpeak'; or write it with zod 4: import { z } from 'zod/v4' where zod is 3.25.",
  read(walk, schema, path) {
    const definition = definitionOf(schema)
    const { typeName, description } = definition
    const read = kinds[String(typeName)]
    if (read === undefined) throw walk.unknown(path, String(typeName))
    const json = read(walk, definition, path)
    return typeof description === 'string' ? { ...json, description } : json
  },
}

type Kind = (walk: DefinitionWalk, definition: Json, path: string) => Json

const inner =
  (name: string): Kind =>
  (walk, definition, path) =>
    walk.read(definition[name], path)
const unsayable =
  (what: string): Kind =>
  (walk, _, path) => {
    throw walk.unsayable(path, what)
  }

/** Texts and fixed values, of which JSON has some. */
const values: Readonly<Record<string, Kind>> = {
  ZodString: (walk, definition, path) => text(walk, keptList(definition, 'checks'), path),
  ZodNumber: (walk, definition, path) => number(walk, keptList(definition, 'checks'), path),
  ZodBoolean: () => ({ type: 'boolean' }),
  ZodNull: () => ({ type: 'null' }),
  ZodNever: () => never,
  ZodAny: () => ({}),
  ZodUnknown: () => ({}),
  ZodLiteral(walk, { value }, path) {
    const json = fixed(value)
    if (json === null) throw walk.unsayable(path, `the value ${String(value)}`)
    return json
  },
  ZodEnum: (_, definition) => ({ enum: keptList(definition, 'values') }),
  // Of an enum of TypeScript, numbers lead back to their names.
  ZodNativeEnum(_, definition) {
    const names = keptObject(definition, 'values')
    const own = Object.keys(names).filter((key) => typeof names[String(names[key])] !== 'number')
    return { enum: own.map((key) => names[key]) }
  },
  ZodBigInt: unsayable('a big integer'),
  ZodDate: unsayable('a date'),
  ZodNaN: unsayable('NaN'),
  ZodUndefined: unsayable('undefined'),
  ZodVoid: unsayable('undefined'),
  ZodSymbol: unsayable('a symbol'),
  ZodMap: unsayable('a map'),
  ZodSet: unsayable('a set'),
  ZodFunction: unsayable('a function'),
  ZodPromise: unsayable('a promise'),
}

const kinds: Readonly<Record<string, Kind>> = {
  ...values,
  ZodObject(walk, definition, path) {
    const shape: unknown = typeof definition['shape'] === 'function' ? definition['shape']() : null
    const catchall: unknown = definition['catchall']
    const isFree = typeNameOf(catchall) !== 'ZodNever'
    const unknownKeys = { passthrough: {}, strict: false as const }[String(definition['unknownKeys'])]
    return objectOf({
      named: Object.entries(asJson(shape) ?? {}).map(
        ([key, field]) => [key, walk.read(field, joinPath(path, key)), isOptional(field)] as const,
      ),
      further: isFree ? walk.read(catchall, joinPath(path, '*')) : unknownKeys,
    })
  },
  ZodArray(walk, definition, path) {
    const json: MutableJson = { type: 'array', items: walk.read(definition['type'], `${path}[]`) }
    const lengths = {
      minLength: ['minItems'],
      maxLength: ['maxItems'],
      exactLength: ['minItems', 'maxItems'],
    }
    for (const [name, keywords] of Object.entries(lengths)) {
      const bound: unknown = keptObject(definition, name)['value']
      if (typeof bound === 'number') for (const keyword of keywords) addBound(json, keyword, bound)
    }
    return json
  },
  ZodTuple: (walk, definition, path) =>
    tupleOf(
      keptList(definition, 'items').map((item, index) => walk.read(item, `${path}[${index}]`)),
      definition['rest'] === null ? null : walk.read(definition['rest'], `${path}[]`),
    ),
  ZodRecord(walk, definition, path) {
    const key = walk.read(definition['keyType'], `${joinPath(path, '*')} (key)`)
    const json = recordOf(key, walk.read(definition['valueType'], joinPath(path, '*')))
    if (json === null) throw walk.unsayable(path, 'keys that are no texts')
    return json
  },
  ZodUnion: (walk, definition, path) => ({
    anyOf: keptList(definition, 'options').map((option) => walk.read(option, path)),
  }),
  ZodDiscriminatedUnion: (walk, definition, path) => ({
    anyOf: keptList(definition, 'options').map((option) => walk.read(option, path)),
  }),
  ZodIntersection: (walk, { left, right }, path) => ({
    allOf: [walk.read(left, path), walk.read(right, path)],
  }),
  ZodNullable: (walk, { innerType }, path) => orNull(walk.read(innerType, path)),
  ZodOptional: inner('innerType'),
  ZodDefault: inner('innerType'),
  ZodCatch: inner('innerType'),
  ZodReadonly: inner('innerType'),
  ZodBranded: inner('type'),
  ZodPipeline: inner('in'),
  ZodEffects(walk, definition, path) {
    // What comes before a schema may make anything of an answer.
    if (keptObject(definition, 'effect')['type'] === 'preprocess') throw walk.unknown(path, 'z.preprocess')
    return walk.read(definition['schema'], path)
  },
  ZodLazy(walk, { getter }, path) {
    return walk.readLazily(typeof getter === 'function' ? getter() : null, path)
  },
}

function typeNameOf(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null ? definitionOf(schema)['typeName'] : undefined
}

/** Whether a field may be left out, as far as the definition says. */
function isOptional(schema: unknown): boolean {
  const definition = typeof schema === 'object' && schema !== null ? definitionOf(schema) : {}
  switch (definition['typeName']) {
    case 'ZodOptional':
    case 'ZodDefault':
      return true
    case 'ZodNullable':
    case 'ZodReadonly':
    case 'ZodCatch':
      return isOptional(definition['innerType'])
    case 'ZodBranded':
      return isOptional(definition['type'])
    case 'ZodEffects':
      return isOptional(definition['schema'])
    case 'ZodPipeline':
      return isOptional(definition['in'])
    default:
      return false
  }
}

/** Formats that JSON Schema has under another name, or has at all; the others are told by the name that zod has. */
const formats: Readonly<Record<string, string>> = { url: 'uri', datetime: 'date-time' }
const named = new Set(
  'email url emoji uuid nanoid cuid cuid2 ulid datetime date duration base64 base64url jwt cidr'.split(' '),
)
/** These change a text, and refuse none. */
const changes = new Set(['trim', 'toLowerCase', 'toUpperCase'])

function text(walk: DefinitionWalk, checks: readonly unknown[], path: string): Json {
  const json: MutableJson = { type: 'string' }
  for (const check of checks.map((each) => asJson(each) ?? {})) {
    const { kind, value } = check
    const says = String(value)
    if (kind === 'min') addBound(json, 'minLength', value)
    else if (kind === 'max') addBound(json, 'maxLength', value)
    else if (kind === 'length') {
      addBound(json, 'minLength', value)
      addBound(json, 'maxLength', value)
    } else if (kind === 'startsWith') addBound(json, 'pattern', `^${literally(says)}`)
    else if (kind === 'endsWith') addBound(json, 'pattern', `${literally(says)}$`)
    else if (kind === 'includes' && check['position'] === undefined)
      addBound(json, 'pattern', literally(says))
    else if (kind === 'regex' && check['regex'] instanceof RegExp)
      addBound(json, 'pattern', patternOf(check['regex']))
    // A time of zod has no zone, and the format `time` has to have one (RFC 3339, full-time).
    else if (kind === 'time') addBound(json, 'pattern', timePattern(check['precision']))
    else if (kind === 'ip')
      addBound(
        json,
        'format',
        check['version'] === 'v4' || check['version'] === 'v6' ? `ip${check['version']}` : 'ip',
      )
    else if (named.has(String(kind))) addBound(json, 'format', formats[String(kind)] ?? kind)
    else if (!changes.has(String(kind))) throw walk.unknown(path, `z.string().${String(kind)}`)
  }
  return json
}

function timePattern(precision: unknown): string {
  const fraction =
    typeof precision === 'number' ? String.raw`\.[0-9]{${precision}}` : String.raw`(?:\.[0-9]+)?`
  return `^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]${precision === 0 ? '' : fraction}$`
}

function number(walk: DefinitionWalk, checks: readonly unknown[], path: string): Json {
  const json: MutableJson = { type: 'number' }
  for (const check of checks.map((each) => asJson(each) ?? {})) {
    const { kind, value } = check
    const isInclusive = kept(check, 'inclusive') === true
    if (kind === 'int') json['type'] = 'integer'
    else if (kind === 'min') addBound(json, isInclusive ? 'minimum' : 'exclusiveMinimum', value)
    else if (kind === 'max') addBound(json, isInclusive ? 'maximum' : 'exclusiveMaximum', value)
    else if (kind === 'multipleOf') addBound(json, 'multipleOf', value)
    else if (kind !== 'finite') throw walk.unknown(path, `z.number().${String(kind)}`)
  }
  return json
}
