import { jsonSchemaFrom } from '../../planning/schema/json-schema-from.ts'
import type { Definition } from '../../domain/definition.ts'
import { fingerprint } from '../../planning/requests/fingerprint.ts'
import { strictSchema } from '../../planning/schema/schema.ts'
import type { AnyJob } from '../../ports/job.ts'
import { type FieldPiece, type ModuleShape, spreadField } from './module-shape.ts'
import { type ModuleTable, Slice } from './slice.ts'
import { type ValueOptions, valueText } from './values.ts'

/** The code of a job: the file that exports it, and by which name. */
export interface JobCode {
  readonly table: ModuleTable
  readonly file: string
  readonly exported: string
}

export interface DefinitionOptions {
  /** Null: the job was given as a value, and its functions speak for themselves. */
  readonly code: JobCode | null
  /** The directory of the project, which does not count. */
  readonly dir: string
  /** The text of a function without comments and layout. */
  readonly functionText: (text: string) => string
}

/** The fields whose code decides what is sent, and what becomes of an answer. */
const codeOf = {
  ask: ['from', 'params', 'prompt', 'input', 'variants', 'examples'],
  write: ['output', 'check', 'score', 'to', 'join'],
} as const

/** The definition of a job in its two parts. */
export function jobDefinition(job: AnyJob, options: DefinitionOptions): Definition {
  const found = options.code && fieldsOf(options.code)
  const part = (name: keyof typeof codeOf, data: unknown): string => {
    const coded = options.code && codeLines(options.code, found, codeOf[name])
    const speaks = coded === null || coded.needsTexts
    const values: ValueOptions = {
      text: (text) => text.replaceAll(options.dir, '').replaceAll('\r\n', '\n'),
      code: speaks ? options.functionText : null,
    }
    const functions = speaks
      ? codeOf[name].map((field) => Reflect.get(job, field === 'input' ? 'prompt' : field))
      : []
    return fingerprint([name, valueText(data, values), valueText(functions, values), ...(coded?.lines ?? [])])
  }
  return { ask: part('ask', askedData(job)), write: part('write', writtenData(job)) }
}

/** What is sent, as far as it is data. */
function askedData(job: AnyJob): unknown {
  const { version, temperature, maxTokens, dimensions, parameters, variants, from } = job
  // Whose key it is sent with is no part of what is sent.
  const { accounts: _, ...model } = job.model
  return {
    version: version ?? '',
    model,
    temperature,
    maxTokens,
    dimensions,
    parameters,
    variants: Object.keys(variants ?? {}),
    source: typeof from === 'function' ? null : from,
    examples: job.examples?.from ?? null,
    schema: sentSchema(job),
  }
}

/** How an answer is judged and written, as far as it is data. */
function writtenData({ output, dimensions, score, to, join }: AnyJob): unknown {
  return { schema: jsonSchemaOf(output), dimensions, least: score?.min, to: plain(to), join: plain(join) }
}

/** The entries that are no functions. */
function plain(value: object | undefined): unknown {
  return value && Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each !== 'function'))
}

function sentSchema(job: AnyJob): unknown {
  try {
    return job.output ? strictSchema(job.output, job.name).schema : null
  } catch {
    // A plan says what is wrong with it.
    return null
  }
}

function jsonSchemaOf(schema: AnyJob['output']): unknown {
  try {
    return (schema && jsonSchemaFrom(schema))?.output({ target: 'draft-2020-12' }) ?? null
  } catch {
    return null
  }
}

interface Fields {
  readonly file: string
  readonly pieces: Readonly<Record<string, FieldPiece>>
}

/** The fields of the definition, where it is written out: in this file, or in one that it hands on. */
function fieldsOf({ table, file, exported }: JobCode, hops = 0): Fields | null {
  const shape = table.shape(file)
  if (typeof shape === 'string' || hops > 8) return null
  const found = Object.hasOwn(shape.exports, exported) ? shape.exports[exported] : undefined
  const local = typeof found === 'string' ? found : null
  const imported = typeof found === 'object' ? found : local === null ? null : importOf(shape, local)
  if (imported !== null && imported.name !== null) {
    const next = table.resolve(file, imported.from)
    return next === null ? null : fieldsOf({ table, file: next, exported: imported.name }, hops + 1)
  }
  if (local === null || !Object.hasOwn(shape.definitions, local)) return null
  return { file, pieces: shape.definitions[local] ?? {} }
}

function importOf({ imports }: ModuleShape, name: string): ModuleShape['imports'][string] | null {
  return Object.hasOwn(imports, name) ? (imports[name] ?? null) : null
}

/** Fields that are functions as a rule; the others are data, which is compared as such. */
const functionFields = new Set(['prompt', 'input', 'check'])

function isSpread({ pieces }: Fields): boolean {
  return Object.hasOwn(pieces, spreadField)
}

interface CodeLines {
  readonly lines: readonly string[]
  /** Whether the functions' own texts have to count as well: some of them may come out of a package. */
  readonly needsTexts: boolean
}

/** The code behind some fields of a job; behind the whole of it where it is not written out field by field. */
function codeLines(code: JobCode, found: Fields | null, names: readonly string[]): CodeLines {
  const slice = new Slice(code.table)
  if (found === null) slice.takeExport(code.file, code.exported)
  else
    for (const name of [...names, spreadField]) {
      const piece = Object.hasOwn(found.pieces, name) ? found.pieces[name] : undefined
      if (piece !== undefined) slice.takePiece(found.file, piece)
    }
  const { lines } = slice
  return { lines, needsTexts: found === null || isSpread(found) || comesFromPackage(found, names, slice) }
}

/** Whether a package may have made some of these functions: nothing else in the project tells what they do. */
function comesFromPackage({ pieces }: Fields, names: readonly string[], { packages }: Slice): boolean {
  if (packages.size === 0) return false
  return names.some(
    (name) => functionFields.has(name) && Object.hasOwn(pieces, name) && pieces[name]?.isFunction === false,
  )
}
