import { boundsIn, note, refuse, told, type Conversion, type Converted } from './conversion.ts'
import { convertField } from './convert-field.ts'
import { asJson, closedObject, joinPath, listOf, type Json, type MutableJson } from '../json-schema.ts'
import { tupleKey, type Field } from '../wire-shape.ts'

/** A list, or one of fixed positions. Throws E_SCHEMA naming the path. */
export function convertList(conversion: Conversion, schema: Json, path: string): Converted {
  // Positions stood in `items` before draft 2020-12, and what follows them in `additionalItems`.
  const former = listOf(schema['items'])
  const positions = listOf(schema['prefixItems']) ?? former
  if (positions !== null)
    return convertTuple(conversion, schema, {
      positions,
      more: former === null ? schema['items'] : schema['additionalItems'],
      path,
    })
  const item = conversion.convert(conversion, schema['items'], `${path}[]`)
  const said = told(conversion, schema, path, 'array')
  return {
    form: { type: 'array', items: item.form, ...said },
    shape: { kind: 'list', item: item.shape, ...boundsIn(said) },
  }
}

interface Positions {
  readonly positions: readonly unknown[]
  /** The schema of what follows them. */
  readonly more: unknown
  readonly path: string
}

/** Positions are sent as the fields of an object, as no list of the strict form has any. */
function convertTuple(conversion: Conversion, schema: Json, { positions, more, path }: Positions): Converted {
  note(conversion, path, 'tuple sent as an object')
  conversion.changed = true
  const { minItems, maxItems, ...described } = schema
  const least = typeof minItems === 'number' ? minItems : 0
  const most = typeof maxItems === 'number' ? maxItems : Infinity
  if (most < Math.min(least, positions.length))
    throw refuse(conversion, path, 'no value at all, by its bounds')
  const properties: [string, MutableJson][] = []
  const items: Field[] = []
  for (const [index, position] of positions.slice(0, most).entries()) {
    const { form, field } = convertField(conversion, position, joinPath(path, String(index)), index >= least)
    properties.push([tupleKey(index), form])
    items.push(field)
  }
  const open = most > positions.length ? asJson(more) : null
  const rest = open === null ? null : conversion.convert(conversion, open, joinPath(path, 'rest'))
  if (rest !== null) {
    const bounds = {
      ...(least > positions.length ? { minItems: least - positions.length } : {}),
      ...(most < Infinity ? { maxItems: most - positions.length } : {}),
    }
    const said = told(conversion, bounds, joinPath(path, 'rest'), 'array')
    properties.push(['rest', { type: 'array', items: rest.form, ...said }])
  }
  return {
    form: { ...closedObject(properties), ...told(conversion, described, path, 'object') },
    shape: { kind: 'tuple', items, rest: rest === null ? null : rest.shape },
  }
}
