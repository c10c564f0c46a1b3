import { asJson, listOf, type Json } from '../../src/planning/schema/json-schema.ts'

/** So many answers that fit a schema in the strict form, its bounds included; what they are is chosen by the numbers. */
export function answersTo(root: Json, choices: Iterator<number>, count: number): readonly unknown[] {
  const choose = (from: number): number => Number(choices.next().value) % from
  return Array.from({ length: count }, () => valueOf(root, { root, choose, depth: 0 }))
}

interface Scope {
  readonly root: Json
  /** A number below this one. */
  readonly choose: (from: number) => number
  readonly depth: number
}

function valueOf(given: unknown, scope: Scope): unknown {
  const schema = asJson(given) ?? {}
  const inside = { ...scope, depth: scope.depth + 1 }
  const ref = schema['$ref']
  if (typeof ref === 'string') return valueOf(target(scope.root, ref), inside)
  const options = listOf(schema['anyOf'])
  if (options !== null) return valueOf(optionOf(options, scope), inside)
  const values = listOf(schema['enum'])
  if (values !== null) return values[scope.choose(values.length)]
  switch (schema['type']) {
    case 'string':
      return schema['pattern'] === undefined ? textOf(scope) : (['a', 'bc'][scope.choose(2)] ?? 'a')
    case 'number':
    case 'integer':
      return numberOf(schema, scope)
    case 'boolean':
      return scope.choose(2) === 0
    case 'array':
      return listOfItems(schema, inside)
    case 'object':
      return Object.fromEntries(
        Object.entries(asJson(schema['properties']) ?? {}).map(([name, part]) => [
          name,
          valueOf(part, inside),
        ]),
      )
    default:
      return null
  }
}

function target(root: Json, ref: string): unknown {
  return ref === '#' ? root : asJson(root['$defs'])?.[ref.slice('#/$defs/'.length)]
}

/** Deep inside, one that ends: the last is null where a field is optional. */
function optionOf(options: readonly unknown[], { choose, depth }: Scope): unknown {
  return depth > 12 ? options.at(-1) : options[choose(options.length)]
}

function textOf({ choose }: Scope): string {
  return ['', 'x', 'ü"\\', '__proto__', 'null'][choose(5)] ?? ''
}

const numbers = [0, 1, 2, 3, 6, 7, -3, -1.5, 2.5, 1e21]

function numberOf(schema: Json, { choose }: Scope): number {
  const bound = (name: string, otherwise: number): number => {
    const value = schema[name]
    return typeof value === 'number' ? value : otherwise
  }
  const fitting = numbers.filter(
    (value) =>
      value >= bound('minimum', -Infinity) &&
      value <= bound('maximum', Infinity) &&
      value < bound('exclusiveMaximum', Infinity) &&
      Math.abs(value) % bound('multipleOf', schema['type'] === 'integer' ? 1 : 0.5) === 0,
  )
  return fitting[choose(fitting.length)] ?? 0
}

/** The keys of records, which have no bound here, are all different, as the judgement of an answer wants them. */
function listOfItems(schema: Json, scope: Scope): readonly unknown[] {
  const least = schema['minItems']
  const count = Number(least ?? 0) + (scope.depth > 12 ? 0 : scope.choose(3))
  const items = Array.from({ length: count }, () => valueOf(schema['items'], scope))
  const keys = new Set<unknown>()
  return items.filter((item) => {
    const key = asJson(item)?.['key']
    return least !== undefined || key === undefined || (!keys.has(key) && keys.add(key))
  })
}
