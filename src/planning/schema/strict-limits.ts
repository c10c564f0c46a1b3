import { OffpeakError } from '../../domain/errors.ts'
import { asJson, joinPath, listOf, type Json } from './json-schema.ts'

/** How large a schema in the strict form is, by the figures that providers limit. */
export interface SchemaSize {
  /** Objects within objects; a list is no level. */
  readonly depth: number
  readonly properties: number
  readonly enumValues: number
  /** Of all names of properties and definitions, and all fixed texts. */
  readonly characters: number
  readonly deepest: string
  /** The one enum that is over its own limit; null: none is. */
  readonly longEnum: string | null
  /** The object with the most properties, the longest enum, and what has the most characters of its own. */
  readonly largest: { readonly properties: string; readonly enumValues: string; readonly characters: string }
}

/** OpenAI guide, "Structured model outputs", limitations on nesting depth, size and enums. */
const most = { depth: 10, properties: 5_000, enumValues: 1_000, characters: 120_000 } as const
const longEnum = { values: 250, characters: 15_000 } as const
const longEnumWords = `an enum of more than ${longEnum.values} values has more than 15,000 characters`

/** Size of a schema in the strict form. */
export function measureSchema(root: Json): SchemaSize {
  const size = { depth: 0, properties: 0, enumValues: 0, characters: 0, deepest: '' }
  let tooLong: string | null = null
  const largest = { properties: new Largest(), enumValues: new Largest(), characters: new Largest() }
  // A list and no recursion: how deep a schema goes is what is asked.
  const open: { readonly schema: Json; readonly path: string; readonly depth: number }[] = [
    { schema: root, path: '', depth: 0 },
  ]
  const add = (raw: unknown, path: string, depth: number): void => {
    const schema = asJson(raw)
    if (schema !== null) open.push({ schema, path, depth })
  }
  for (const [name, definition] of Object.entries(asJson(root['$defs']) ?? {})) {
    size.characters += name.length
    add(definition, `$defs.${name}`, 0)
  }
  for (const { schema, path, depth } of open) {
    const values = listOf(schema['enum']) ?? []
    const characters = values.reduce((sum: number, value) => sum + lengthOf(value), 0)
    size.enumValues += values.length
    size.characters += characters
    if (values.length > longEnum.values && characters > longEnum.characters) tooLong ??= path
    largest.enumValues.add(path, values.length)
    largest.characters.add(path, characters)
    const properties = asJson(schema['properties'])
    if (properties !== null) {
      if (depth + 1 > size.depth) Object.assign(size, { depth: depth + 1, deepest: path })
      const names = Object.keys(properties)
      largest.properties.add(path, names.length)
      largest.characters.add(
        path,
        names.reduce((sum, name) => sum + name.length, 0),
      )
      for (const [name, property] of Object.entries(properties)) {
        size.properties += 1
        size.characters += name.length
        add(property, joinPath(path, name), depth + 1)
      }
    }
    for (const option of listOf(schema['anyOf']) ?? []) add(option, path, depth)
    add(schema['items'], `${path}[]`, depth)
  }
  return {
    ...size,
    longEnum: tooLong,
    largest: {
      properties: largest.properties.path,
      enumValues: largest.enumValues.path,
      characters: largest.characters.path,
    },
  }
}

/** Where the most of something is. */
class Largest {
  path = ''
  #count = 0
  add(path: string, count: number): void {
    if (count <= this.#count) return
    this.#count = count
    this.path = path
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

/** A refusal of a schema in the strict form that is larger than providers take. Throws E_SCHEMA saying in what. */
export function requireStrictSize(root: Json): void {
  const size = measureSchema(root)
  const figure = (count: number, what: string, limit: number, place: string): TooLarge | null =>
    count > limit
      ? { words: `it has ${format(count)} ${what}, and at most ${format(limit)} are taken`, place }
      : null
  const { largest } = size
  const problem =
    figure(size.depth, 'levels of objects', most.depth, size.deepest) ??
    figure(size.properties, 'properties', most.properties, largest.properties) ??
    figure(size.enumValues, 'values in its enums', most.enumValues, largest.enumValues) ??
    figure(
      size.characters,
      'characters in its names and fixed values',
      most.characters,
      largest.characters,
    ) ??
    (size.longEnum === null ? null : { words: longEnumWords, place: size.longEnum })
  if (problem === null) return
  const { words, place } = problem
  throw new OffpeakError('E_SCHEMA', `The output schema is too large for structured output: ${words}.`, {
    where: place === '' ? 'output' : `output, ${place}`,
    fix: 'Ask for less at once: fewer fields, flatter objects, or a text where the list of fixed values is long.',
  })
}

interface TooLarge {
  readonly words: string
  readonly place: string
}

function format(count: number): string {
  return count.toLocaleString('en-US')
}
