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
import { asJson, joinPath, never, type Json, type MutableJson } from './json-schema.ts'

/**
 * The JSON Schema of what a schema of Valibot 1 takes, by its public properties (valibot.dev, "Mental model" and the API
 * reference: `type`, `kind`, `pipe`, `entries`, `wrapped`, `requirement`). What a pipe checks by code is judged and not
 * told, as is all behind a transformation. Throws E_SCHEMA naming the path of what JSON cannot say or this does not know.
 */
export function valibotSchema(schema: object): Record<string, unknown> {
  return new DefinitionWalk(valibot, schema).whole()
}

export function isValibot(schema: object): boolean {
  return kept(schema, 'kind') === 'schema' && kept(keptObject(schema, '~standard'), 'vendor') === 'valibot'
}

const valibot: Library = {
  name: 'Valibot',
  otherWay:
    "npm install @valibot/to-json-schema@1, and wrap it: output: toStandardJsonSchema(schema), from '@valibot/to-json-schema'.",
  read(walk, schema, path) {
    const type = String(kept(schema, 'type'))
    const what = unsayable[type]
    if (what !== undefined) throw walk.unsayable(path, what)
    const read = kinds[type]
    if (read === undefined) throw walk.unknown(path, `v.${type}`)
    // The first of a pipe is the schema itself.
    return piped(walk, { ...read(walk, schema, path) }, keptList(schema, 'pipe').slice(1), path)
  },
}

const unsayable: Readonly<Record<string, string>> = {
  bigint: 'a big integer',
  blob: 'a file',
  date: 'a date',
  file: 'a file',
  function: 'a function',
  instance: 'an instance of a class',
  map: 'a map',
  nan: 'NaN',
  promise: 'a promise',
  set: 'a set',
  symbol: 'a symbol',
  undefined: 'undefined',
  void: 'undefined',
}

type Kind = (walk: DefinitionWalk, schema: object, path: string) => Json

const object =
  (further: Json | false | undefined): Kind =>
  (walk, schema, path) => {
    const rest = kept(schema, 'rest')
    return objectOf({
      named: Object.entries(keptObject(schema, 'entries')).map(
        ([key, field]) => [key, walk.read(field, joinPath(path, key)), isOptional(field)] as const,
      ),
      further: rest === undefined ? further : walk.read(rest, joinPath(path, '*')),
    })
  }
const tuple: Kind = (walk, schema, path) => {
  const rest = kept(schema, 'rest')
  return tupleOf(
    keptList(schema, 'items').map((item, index) => walk.read(item, `${path}[${index}]`)),
    rest === undefined ? null : walk.read(rest, `${path}[]`),
  )
}
const options =
  (keyword: 'anyOf' | 'allOf'): Kind =>
  (walk, schema, path) => ({
    [keyword]: keptList(schema, 'options').map((option) => walk.read(option, path)),
  })
const wrapped: Kind = (walk, schema, path) => walk.read(kept(schema, 'wrapped'), path)
const wrappedOrNull: Kind = (walk, schema, path) => orNull(wrapped(walk, schema, path))
const fixedValues: Kind = (_, schema) => ({ enum: keptList(schema, 'options') })

const kinds: Readonly<Record<string, Kind>> = {
  string: () => ({ type: 'string' }),
  number: () => ({ type: 'number' }),
  boolean: () => ({ type: 'boolean' }),
  null: () => ({ type: 'null' }),
  never: () => never,
  any: () => ({}),
  unknown: () => ({}),
  literal(walk, schema, path) {
    const value = kept(schema, 'literal')
    const json = fixed(value)
    if (json === null) throw walk.unsayable(path, `the value ${String(value)}`)
    return json
  },
  picklist: fixedValues,
  enum: fixedValues,
  object: object(undefined),
  loose_object: object({}),
  strict_object: object(false),
  object_with_rest: object(undefined),
  array: (walk, schema, path) => ({ type: 'array', items: walk.read(kept(schema, 'item'), `${path}[]`) }),
  tuple,
  loose_tuple: tuple,
  strict_tuple: tuple,
  tuple_with_rest: tuple,
  record(walk, schema, path) {
    const key = walk.read(kept(schema, 'key'), `${joinPath(path, '*')} (key)`)
    const json = recordOf(key, walk.read(kept(schema, 'value'), joinPath(path, '*')))
    if (json === null) throw walk.unsayable(path, 'keys that are no texts')
    return json
  },
  union: options('anyOf'),
  variant: options('anyOf'),
  intersect: options('allOf'),
  optional: wrapped,
  exact_optional: wrapped,
  undefinedable: wrapped,
  non_optional: wrapped,
  nullable: wrappedOrNull,
  nullish: wrappedOrNull,
  lazy(walk, schema, path) {
    const getter = kept(schema, 'getter')
    return walk.readLazily(typeof getter === 'function' ? getter(undefined) : null, path)
  },
}

/** Whether a field may be left out. */
function isOptional(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const type = String(kept(schema, 'type'))
  if (type === 'optional' || type === 'exact_optional' || type === 'nullish') return true
  return type === 'nullable' && isOptional(kept(schema, 'wrapped'))
}

/** What changes no value, or a text into a text: what stands behind it is still about what a model writes. */
const passing = new Set(
  'brand flavor readonly trim trim_start trim_end to_lower_case to_upper_case normalize'.split(' '),
)

function piped(walk: DefinitionWalk, base: MutableJson, actions: readonly unknown[], path: string): Json {
  let json = base
  for (const action of actions.map((each) => asJson(each) ?? {})) {
    const { kind, type } = action
    if (kind === 'transformation' && !passing.has(String(type))) break
    if (kind === 'metadata' && type === 'description') json = { ...json, description: action['description'] }
    if (kind === 'schema') json = { allOf: [json, walk.read(action, path)] }
    if (kind === 'validation') bound(walk, json, action, path)
  }
  return json
}

/** How a bound of a text, a list and a number is called in JSON Schema. */
const bounds: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  min_length: { string: ['minLength'], array: ['minItems'] },
  max_length: { string: ['maxLength'], array: ['maxItems'] },
  length: { string: ['minLength', 'maxLength'], array: ['minItems', 'maxItems'] },
  min_value: { number: ['minimum'], integer: ['minimum'] },
  max_value: { number: ['maximum'], integer: ['maximum'] },
  gt_value: { number: ['exclusiveMinimum'], integer: ['exclusiveMinimum'] },
  lt_value: { number: ['exclusiveMaximum'], integer: ['exclusiveMaximum'] },
  multiple_of: { number: ['multipleOf'], integer: ['multipleOf'] },
  min_entries: { object: ['minProperties'] },
  max_entries: { object: ['maxProperties'] },
}
/** What only code can say. */
const judged = new Set(
  'check raw_check partial_check check_items every_item some_item finite credit_card'.split(' '),
)
/** Formats that JSON Schema has under another name, or has at all; the others are told by the name that Valibot has. */
const formats: Readonly<Record<string, string>> = { iso_date: 'date', iso_timestamp: 'date-time', url: 'uri' }
/** Its times have no zone, and the format `time` has to have one (RFC 3339, full-time). */
const onlyPatterns = new Set(['regex', 'iso_time', 'iso_time_second', 'iso_date_time', 'iso_week'])

function bound(walk: DefinitionWalk, json: MutableJson, action: Json, path: string): void {
  const type = String(action['type'])
  const { requirement } = action
  const keywords = bounds[type]?.[String(json['type'])]
  if (keywords !== undefined && typeof requirement === 'number') {
    for (const keyword of keywords) addBound(json, keyword, requirement)
  } else if (type === 'non_empty' && json['type'] === 'string') addBound(json, 'minLength', 1)
  else if (type === 'non_empty' && json['type'] === 'array') addBound(json, 'minItems', 1)
  else if ((type === 'integer' || type === 'safe_integer') && json['type'] === 'number')
    json['type'] = 'integer'
  else if (type === 'starts_with') addBound(json, 'pattern', `^${literally(String(requirement))}`)
  else if (type === 'ends_with') addBound(json, 'pattern', `${literally(String(requirement))}$`)
  else if (type === 'includes' && json['type'] === 'string')
    addBound(json, 'pattern', literally(String(requirement)))
  else if (requirement instanceof RegExp || type === 'url') {
    if (!onlyPatterns.has(type)) addBound(json, 'format', formats[type] ?? type)
    if (requirement instanceof RegExp) addBound(json, 'pattern', patternOf(requirement))
  } else if (!judged.has(type)) throw walk.unknown(path, `v.${type}`)
}
