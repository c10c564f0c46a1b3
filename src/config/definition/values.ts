import { isSinkConnector } from '../../ports/sink.ts'
import type { Source } from '../../ports/source.ts'

/** Treatment of values besides plain data. */
export interface ValueOptions {
  /** What a text says wherever it is read: without the path of this checkout. */
  readonly text: (text: string) => string
  /** What a function says; null: functions are known by their code already. */
  readonly code: ((text: string) => string) | null
}

/** A value of a definition as text: equal for equal data, whatever the order of its keys. */
export function valueText(value: unknown, options: ValueOptions, around: readonly object[] = []): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(options.text(value))
    case 'function':
      // A schema that can be called is known by what it makes of JSON.
      if (Reflect.has(value, '~standard')) return 'schema'
      return options.code === null ? '' : `function ${options.code(value.toString())}`
    case 'object':
      return value === null ? 'null' : objectText(value, options, around)
    case 'symbol':
      return 'symbol'
    case 'bigint':
    case 'boolean':
    case 'number':
    case 'undefined':
    default:
      return String(value)
  }
}

function objectText(value: object, options: ValueOptions, around: readonly object[]): string {
  if (around.includes(value)) return 'itself'
  const inner = (each: unknown): string => valueText(each, options, [...around, value])
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof RegExp) return `pattern ${String(value)}`
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name} ${inner([...value])}`
  if (Array.isArray(value)) return `[${value.map(inner).join(',')}]`
  if (isSinkConnector(value)) return inner([value.kind, value.describe])
  if (isSource(value)) return inner([value.kind, value.describe, value.keyFields])
  if (isSinkConnector(value)) return inner([value.kind, value.describe])
  const definition = schemaDefinition(value)
  if (definition !== null) return `schema ${inner(definition)}`
  const fields = Object.entries(value).filter(([name]) => !name.startsWith('~'))
  return `{${fields
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${inner(each)}`)
    .join(',')}}`
}

/** What a schema of zod was made from; its other fields are zod's own. */
function schemaDefinition(value: object): unknown {
  const zod: unknown = Reflect.get(value, '_zod')
  return typeof zod === 'object' && zod !== null ? (Reflect.get(zod, 'def') ?? null) : null
}

/** Whether a value is a source: of ours, or of anybody who implements the port. */
export function isSource(value: unknown): value is Source<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'open') === 'function' &&
    typeof Reflect.get(value, 'describe') === 'string' &&
    Array.isArray(Reflect.get(value, 'keyFields'))
  )
}
