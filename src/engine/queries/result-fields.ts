import { OffpeakError } from '../../domain/errors.ts'
import type { RunResult } from './results.ts'

const types = {
  key: 'text',
  outcome: 'text',
  reason: 'text',
  output: 'json',
  text: 'text',
  inputTokens: 'count',
  outputTokens: 'count',
  costUsd: 'number',
  tries: 'count',
  batch: 'count',
  sameAs: 'text',
} as const satisfies Record<keyof RunResult, FieldType>

/** Type of the values of a column; `json` is anything. */
export type FieldType = 'text' | 'count' | 'number' | 'yes' | 'json'

/** A column of a table of results: a field, or one field of the output as `output.headnote`. */
export interface ResultColumn {
  readonly name: string
  readonly type: FieldType
}

const names: readonly string[] = Object.keys(types)

/** All fields but those that few ask for. */
export const usualFields = names.filter((name) => !['text', 'batch', 'sameAs'].includes(name))

/** Fields as they were typed: `key,output.headnote`. Throws E_USAGE. */
export function readFields(given: string | null): readonly string[] {
  const fields = (given ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '')
  if (fields.length === 0) return usualFields
  for (const field of fields) {
    if (names.includes(field) || /^output\../.test(field)) continue
    throw new OffpeakError('E_USAGE', `there is no field ${field}`, {
      fix: `the fields are ${names.join(', ')}, and output.<name> for a part of the output`,
    })
  }
  return [...new Set(fields)]
}

/** Whether a field comes from the answer, which must be read for it. */
export function isOfAnswer(field: string): boolean {
  return field === 'text' || isOfOutput(field)
}

export function isOfOutput(field: string): boolean {
  return field === 'output' || field.startsWith('output.')
}

/** The value of a field; null when the record has none. */
export function valueOf(result: RunResult, field: string): unknown {
  if (!field.startsWith('output.'))
    return names.includes(field) ? (Reflect.get(result, field) as unknown) : null
  const part = field.slice('output.'.length)
  const { output } = result
  return isObject(output) && Object.hasOwn(output, part) ? output[part] : null
}

const maxColumns = 1_000

/** Columns that a table of a run needs, learned from its outputs: every field that any output has. */
export class OutputColumns {
  readonly #types = new Map<string, FieldType>()
  /** Columns of which only nulls were seen; the first value decides. */
  readonly #empty = new Set<string>()
  #whole = false

  note({ output }: Pick<RunResult, 'output'>): void {
    if (output === null) return
    if (!isObject(output)) {
      this.#whole = true
      this.#note('output', output)
      return
    }
    for (const [name, value] of Object.entries(output)) this.#note(`output.${name}`, value)
  }

  #note(column: string, value: unknown): void {
    if (value === null || value === undefined) {
      if (!this.#types.has(column)) this.#set(column, null)
      return
    }
    const type = typeOf(value)
    const before = this.#types.get(column)
    this.#set(column, before === undefined || this.#empty.has(column) || before === type ? type : 'json')
  }

  #set(column: string, type: FieldType | null): void {
    if (type === null) this.#empty.add(column)
    else this.#empty.delete(column)
    this.#types.set(column, type ?? 'text')
    if (this.#types.size > maxColumns)
      throw new OffpeakError('E_USAGE', `the outputs have more than ${maxColumns} different fields`, {
        fix: 'choose some: --fields key,output.<name>; or --format jsonl',
      })
  }

  /** The columns for these fields; `output` becomes one for each of its fields. */
  columns(fields: readonly string[]): readonly ResultColumn[] {
    return fields.flatMap((field): readonly ResultColumn[] => {
      if (field !== 'output') return [{ name: field, type: this.#typeOf(field) }]
      const parts = [...this.#types.keys()].filter((name) => name !== 'output')
      return [...(this.#whole || parts.length === 0 ? ['output'] : []), ...parts].map((name) => ({
        name,
        type: this.#typeOf(name),
      }))
    })
  }

  #typeOf(field: string): FieldType {
    return this.#types.get(field) ?? (isField(field) ? types[field] : 'json')
  }
}

/**
 * The guard against an output with a field that no column was made for: throws E_RUN_STATE, as the run has continued
 * meanwhile.
 */
export function requireColumns(columns: ReadonlySet<string>, { key, output }: RunResult): void {
  const missing = isObject(output)
    ? Object.keys(output).find((name) => !columns.has(`output.${name}`))
    : output === null || columns.has('output')
      ? undefined
      : 'output'
  if (missing === undefined) return
  throw new OffpeakError(
    'E_RUN_STATE',
    `the run continues, and record ${key} has brought a new field ${missing}`,
    {
      fix: 'call the command again, or use --format jsonl',
    },
  )
}

function typeOf(value: unknown): FieldType {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'yes' : 'json'
}

function isField(name: string): name is keyof RunResult {
  return names.includes(name)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text as a file of UTF-8 can hold it: its JSON where it has half of a surrogate pair, which would be another one. */
export function wholeText(text: string): string {
  return text.isWellFormed() ? text : JSON.stringify(text)
}
