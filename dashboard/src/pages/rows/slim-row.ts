import type { Row } from '../../../../src/server/contract/row.ts'
import { parseExactJson } from '../../format/exact-json.ts'

const mostCharacters = 400
const mostEntries = 40
const mostLevels = 4
const mostParsed = 20_000

/** A row as the list keeps it: of a long answer only the beginning. */
export interface ListedRow extends Row {
  /** What an answer that was not accepted says, where it is JSON. */
  readonly draft: unknown
}

export function rowSummary(row: Row): ListedRow {
  return {
    ...row,
    output: slim(row.output, mostLevels),
    text: row.text?.slice(0, mostCharacters) ?? null,
    draft: row.output === null ? slim(jsonIn(row.text), mostLevels) : null,
  }
}

function jsonIn(text: string | null): unknown {
  if (text === null || text.length > mostParsed || !text.startsWith('{')) return null
  try {
    const value: unknown = parseExactJson(text)
    return value
  } catch {
    return null
  }
}

function slim(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, mostCharacters)
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return Array.isArray(value) ? [] : {}
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((entry) => slim(entry, levels - 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostEntries)
      .map(([name, part]) => [name, slim(part, levels - 1)]),
  )
}
