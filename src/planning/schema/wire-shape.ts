/**
 * How a value travels between the user's schema and the strict one that a provider takes. Built beside the strict
 * schema, and used to turn a model's answer back.
 */
export type Shape =
  | {
      readonly kind: 'scalar'
      readonly type: ScalarType
      readonly values: readonly unknown[] | null
      readonly bounds?: Bounds
    }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: 'list'; readonly item: Shape; readonly bounds?: Bounds }
  /** A list of `{key, value}` that stands for an object with free keys. */
  | {
      readonly kind: 'record'
      readonly entry: Shape
      readonly path: string
      /** Keys become numbers: `1` and `1.0` are one. */
      readonly areNumbers: boolean
      readonly bounds?: Bounds
    }
  /** An object with `item1`, `item2` … and perhaps `rest` that stands for a list of fixed positions. */
  | { readonly kind: 'tuple'; readonly items: readonly Field[]; readonly rest: Shape | null }
  | { readonly kind: 'union'; readonly options: readonly Shape[] }
  /** An object of a tag and the value, in which one option of a union is sent that looks like another. */
  | { readonly kind: 'tagged'; readonly tag: string; readonly of: Shape }
  | Reference

/** The keywords beside a type that a service may enforce; they tell options of a union apart that look alike. */
export type Bounds = Readonly<Record<string, unknown>>

export type ScalarType = 'string' | 'number' | 'integer' | 'boolean' | 'null'

export interface Field {
  readonly shape: Shape
  /** Whether null was added to mean that the user's value does not have it. */
  readonly nullMeansAbsent: boolean
}

/** A named schema; its shape is filled in once it is known, as it may refer to itself. */
export interface Reference {
  readonly kind: 'reference'
  shape: Shape
}

/** The shape of a reference that is not resolved yet: one that no value has. */
export const nothing: Shape = { kind: 'scalar', type: 'null', values: [] }

/** The fields of a tagged option. */
export const [tagKey, taggedKey] = ['option', 'value'] as const

/** A key that stands twice in a list of key and value: as in JSON itself, nobody can know which of the two is meant. */
export class RepeatedKey extends Error {
  constructor(path: string, key: string) {
    super(`${path === '' ? '' : `${path}: `}the key ${JSON.stringify(key)} is there twice`)
  }
}

export function tupleKey(index: number): string {
  return `item${index + 1}`
}
