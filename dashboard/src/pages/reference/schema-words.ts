import { isPart, listOf, type Part, partOf, textOf } from './json-parts.ts'

/** A JSON Schema as one reads it: its type in words, what bounds it, and its fields. */
export interface SchemaWords {
  /** `text`, `list of Batch`, `object or nothing`. */
  readonly type: string
  readonly description: string | null
  readonly bounds: readonly string[]
  readonly fields: readonly SchemaField[]
}

export interface SchemaField {
  readonly name: string
  readonly required: boolean
  readonly schema: Part
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  array: 'list',
  null: 'null',
}

const refStart = '#/components/schemas/'

/** Puts a schema into words. `schemas`: those that it refers to by name. */
export function schemaWords(schema: Part, schemas: Part): SchemaWords {
  const { target } = resolved(schema, schemas)
  const item = itemOf(target)
  return {
    type: typeOf(schema, schemas),
    description: textOf(schema, 'description') ?? textOf(target, 'description'),
    bounds: boundsOf(target),
    fields: fieldsOf(item === null ? target : resolved(item, schemas).target, schemas),
  }
}

/** What a schema is called, in a few words. */
export function typeOf(schema: Part, schemas: Part): string {
  const { name, target } = resolved(schema, schemas)
  const values = listOf(target, 'enum')
  const constant = target['const']
  if (name !== null && !isPlain(target)) return name
  if (constant !== undefined) return JSON.stringify(constant)
  if (values.length > 0) return values.map((value) => JSON.stringify(value)).join(' | ')
  const choices = choicesOf(target)
  if (choices.length > 0) return [...new Set(choices.map((choice) => typeOf(choice, schemas)))].join(' or ')
  const types = typesOf(target)
  if (types.length === 0) return 'anything'
  return types
    .map((type) => {
      if (type === 'array') {
        const item = itemOf(target)
        return item === null ? 'list' : `list of ${typeOf(item, schemas)}`
      }
      const more = target['additionalProperties']
      if (type === 'object' && isPart(more) && Object.keys(partOf(target, 'properties')).length === 0)
        return `object of ${typeOf(more, schemas)}`
      return typeNames[type] ?? type
    })
    .join(' or ')
}

/** An example of what fits, with no more than what is required. */
export function exampleOf(schema: Part, schemas: Part, depth: number = 0): unknown {
  const { target } = resolved(schema, schemas)
  const { example, default: usual, const: constant } = target
  const given = example ?? constant ?? usual ?? listOf(target, 'enum')[0]
  if (given !== undefined) return given
  const [choice] = choicesOf(target)
  if (choice !== undefined) return exampleOf(choice, schemas, depth + 1)
  const [type = 'string'] = typesOf(target)
  switch (type) {
    case 'object':
      return depth > 4
        ? {}
        : Object.fromEntries(
            fieldsOf(target, schemas)
              .filter(({ required, schema }) => required || 'example' in schema)
              .map(({ name, schema }) => [name, exampleOf(schema, schemas, depth + 1)]),
          )
    case 'array':
      return []
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return false
    default:
      return '…'
  }
}

function resolved(schema: Part, schemas: Part): { readonly name: string | null; readonly target: Part } {
  const ref = textOf(schema, '$ref')
  if (ref?.startsWith(refStart) === true) {
    const name = ref.slice(refStart.length)
    return { name, target: partOf(schemas, name) }
  }
  return { name: null, target: schema }
}

/** A name with nothing inside says less than what it stands for. */
function isPlain(target: Part): boolean {
  return Object.keys(partOf(target, 'properties')).length === 0 && choicesOf(target).length === 0
}

function choicesOf(target: Part): readonly Part[] {
  return [...listOf(target, 'anyOf'), ...listOf(target, 'oneOf')].filter(isPart)
}

function typesOf(target: Part): readonly string[] {
  const { type } = target
  return (Array.isArray(type) ? type : [type]).filter((name): name is string => typeof name === 'string')
}

function itemOf(target: Part): Part | null {
  const { items } = target
  return isPart(items) ? items : null
}

/** Those of an object; of a choice, those of each that can be told by its name. */
function fieldsOf(target: Part, schemas: Part): readonly SchemaField[] {
  const required = listOf(target, 'required')
  const own = Object.entries(partOf(target, 'properties')).flatMap(([name, schema]) =>
    isPart(schema) ? [{ name, required: required.includes(name), schema }] : [],
  )
  const choices = [...choicesOf(target), ...listOf(target, 'allOf').filter(isPart)]
  return [...own, ...choices.flatMap((choice) => fieldsOf(resolved(choice, schemas).target, schemas))]
}

const boundWords: Readonly<Record<string, (value: string) => string>> = {
  minimum: (value) => `at least ${value}`,
  exclusiveMinimum: (value) => `more than ${value}`,
  maximum: (value) => `at most ${value}`,
  minLength: (value) => `at least ${value} ${value === '1' ? 'character' : 'characters'}`,
  maxLength: (value) => `at most ${value} characters`,
  maxItems: (value) => `at most ${value} entries`,
  pattern: (value) => `like ${value}`,
  default: (value) => `${value} when it is left out`,
  example: (value) => `for example ${value}`,
}

/** Bounds that only say what a type can hold are left out. */
function boundsOf(target: Part): readonly string[] {
  return Object.entries(boundWords).flatMap(([name, words]) => {
    const value = target[name]
    if (value === undefined || Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) return []
    if (typeof value === 'number') return [words(value.toLocaleString('en-US'))]
    return [words(typeof value === 'string' ? value : JSON.stringify(value))]
  })
}
