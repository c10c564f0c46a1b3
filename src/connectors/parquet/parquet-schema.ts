import { firstRepeated } from '../../planning/text/near-names.ts'
import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet'
import { shownText } from '../tables/plain-values.ts'
import { bareElement, leafReader, plain, type ValueReader } from './parquet-values.ts'

/** A column of the top of the schema. */
export interface ParquetColumn {
  readonly name: string
  readonly read: ValueReader
}

/**
 * The schema as the library is to see it: without what it would make inexact (`bareElement`), and maps as lists of
 * pairs, because it makes names of a map's keys before anybody knows what they are; texts as `bareElement` says.
 */
export function bareSchema(tree: SchemaTree, texts: 'texts' | 'bytes'): SchemaElement[] {
  const { element, children } = tree
  if (children.length === 0) return [bareElement(element, texts)]
  const { converted_type: _converted, logical_type: _logical, ...bare } = element
  return [
    isList(tree) ? { ...bare, converted_type: 'LIST' } : bare,
    ...children.flatMap((child) => bareSchema(child, texts)),
  ]
}

/** The columns of a file, in its order. */
export function columnsOf(tree: SchemaTree): readonly ParquetColumn[] {
  return tree.children.map((child) => ({ name: child.element.name, read: readerOf(child) }))
}

/** A name that two columns have, or two fields of one struct, with the names above it; null when there is none. */
export function repeatedName({ children, path }: SchemaTree): string | null {
  const names = children.map(({ element }) => element.name)
  const twice = firstRepeated(names)
  if (twice !== undefined) return [...path, twice].join('.')
  return children.reduce<string | null>((found, child) => found ?? repeatedName(child), null)
}

/** A column that the library reads, but not exactly: it makes doubles of a VARIANT's decimals, and null of some. */
export function inexactColumn({ children, element }: SchemaTree): string | null {
  if (element.logical_type?.type === 'VARIANT') return element.name
  return children.reduce<string | null>((found, child) => found ?? inexactColumn(child), null)
}

/** Whether the file or one of its columns is encrypted; the footer may be in the clear. */
export function isEncrypted({ row_groups: groups }: FileMetaData): boolean {
  return groups.some(({ columns }) =>
    columns.some((column) => column.crypto_metadata !== undefined || column.meta_data === undefined),
  )
}

/** Reads a field of a struct or of the top, also where it has no value. */
function readerOf(tree: SchemaTree): ValueReader {
  const one = oneOf(tree)
  if (tree.element.repetition_type !== 'REPEATED') return nullable(one)
  // A field that is repeated without a list around it, as protocol buffers have them: none is an empty list.
  const list = listOf(one)
  return (value) => list(value ?? [])
}

/** The reader of one value, whether or not it is one of many. */
function oneOf(tree: SchemaTree): ValueReader {
  const { element, children } = tree
  const [first] = children
  if (!first) return leafReader(element)
  if (isMap(tree)) return mapOf(first)
  if (isList(tree)) return listOf(oneOf(first.children.length === 1 ? (first.children[0] ?? first) : first))
  const fields = children.map((child) => ({ name: child.element.name, read: readerOf(child) }))
  const struct: ValueReader = (value) =>
    Object.fromEntries(fields.map(({ name, read }) => [name, read(fieldOf(value, name))]))
  // A list of structs in the form of before 2014, which the library takes for a struct with one repeated field.
  if (!isAnnotated(tree, 'LIST') || children.length > 1) return struct
  const read = readerOf(first)
  return (value) => read(fieldOf(value, first.element.name))
}

/** https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists, as far as the library knows them. */
function isList(tree: SchemaTree): boolean {
  const [first, ...others] = tree.children
  return (
    isAnnotated(tree, 'LIST') &&
    first !== undefined &&
    others.length === 0 &&
    first.children.length <= 1 &&
    first.element.repetition_type === 'REPEATED'
  )
}

function isMap(tree: SchemaTree): boolean {
  const [first] = tree.children
  return (
    (isAnnotated(tree, 'MAP') || tree.element.converted_type === 'MAP_KEY_VALUE') &&
    first?.children.length === 2 &&
    first.element.repetition_type === 'REPEATED'
  )
}

function isAnnotated({ element }: SchemaTree, as: 'LIST' | 'MAP'): boolean {
  return element.converted_type === as || element.logical_type?.type === as
}

function listOf(read: ValueReader): ValueReader {
  const item = nullable(read)
  return (value) => (isListLike(value) ? Array.from(value, item) : plain(value))
}

function mapOf(pairs: SchemaTree): ValueReader {
  const [key, value] = pairs.children
  if (!key || !value) return plain
  const [readKey, readValue] = [readerOf(key), readerOf(value)]
  return (map) => {
    const entries = fieldOf(map, pairs.element.name)
    if (!isListLike(entries)) return {}
    return Object.fromEntries(
      Array.from(entries, (pair) => [
        mapKey(readKey(fieldOf(pair, key.element.name))),
        readValue(fieldOf(pair, value.element.name)),
      ]),
    )
  }
}

function mapKey(key: unknown): string {
  return typeof key === 'object' ? JSON.stringify(key) : shownText(key)
}

function nullable(read: ValueReader): ValueReader {
  return (value) => (value === null || value === undefined ? null : read(value))
}

function isListLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
