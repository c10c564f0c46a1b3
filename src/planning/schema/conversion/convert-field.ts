import { flat, note, type Conversion } from './conversion.ts'
import { asJson, listOf, optionsOf, type MutableJson } from '../json-schema.ts'
import type { Field } from '../wire-shape.ts'

/** A field that may be absent is always asked for, and null where the user's value is to lack it. */
export function convertField(
  conversion: Conversion,
  raw: unknown,
  path: string,
  optional: boolean,
): { readonly form: MutableJson; readonly field: Field } {
  const { form, shape } = conversion.convert(conversion, raw, path)
  if (!optional) return { form, field: { shape, nullMeansAbsent: false } }
  if (takesNull(conversion, raw, path, [])) {
    note(conversion, path, 'optional, always asked for')
    return { form, field: { shape, nullMeansAbsent: false } }
  }
  note(conversion, path, 'optional, sent as nullable')
  conversion.changed = true
  const { description, ...plain } = form
  const options = listOf(plain['anyOf']) ?? [plain]
  const nullable = {
    anyOf: [...options, { type: 'null' }],
    ...(description === undefined ? {} : { description }),
  }
  return { form: nullable, field: { shape, nullMeansAbsent: true } }
}

function takesNull(conversion: Conversion, raw: unknown, path: string, seen: readonly unknown[]): boolean {
  const given = asJson(raw)
  if (given === null || seen.includes(raw)) return false
  const schema = flat(conversion, given, path)
  const inner = (option: unknown): boolean => takesNull(conversion, option, path, [...seen, raw])
  if (typeof schema['$ref'] === 'string') return inner(conversion.references.resolve(schema['$ref']))
  const options = optionsOf(schema)
  if (options !== null) return options.some(inner)
  if ('const' in schema) return schema['const'] === null
  const types = listOf(schema['type']) ?? [schema['type']]
  return listOf(schema['enum'])?.includes(null) ?? types.includes('null')
}
