import { resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { OffpeakError, messageOf } from '../../domain/errors.ts'
import type { OpenSink, SinkItem } from '../../ports/sink.ts'
import { splitLines } from '../../planning/text/split-lines.ts'
import { appendSink, type ItemText } from './append-sink.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import { jsonOf, wellFormed } from '../tables/json-value.ts'
import { csvLine, type CsvStyle, withoutEscape } from '../../wording/csv-line.ts'
import { ownValue } from '../../domain/own-value.ts'

/**
 * A CSV file as a sink: `{ csv, line?, escapeFormulas? }` appends one row per item, `key` first, as `appendSink` says. The first chunk
 * writes the header: the key and every name that its items have. From then on a name that the header lacks is refused
 * for that item, and a name that the item lacks stays empty. Objects and lists are JSON in their cell; text is written as it
 * is, or with an apostrophe before what a spreadsheet would run as a formula.
 */
export const openCsvSink: OpenSink = async (definition, { baseDir }) => {
  const { csv, escapeFormulas = false } = definition
  if (typeof csv !== 'string') throw new OffpeakError('E_JOB_INVALID', 'A file sink is { csv: path }')
  const style: CsvStyle = { escapeFormulas: escapeFormulas === true }
  return appendSink(resolve(baseDir, csv), csv, {
    texts(items, head) {
      const names = head === null ? namesOf(items) : headerOf(head)
      const texts = items.map((item) => rowText(item, names, style))
      const isFirst = head === null && texts.some((text) => typeof text === 'string')
      return { before: isFirst ? lineOf(names, style) : '', texts }
    },
    stored: (blocks, head) => storedRows(blocks, head, style),
  })
}

function namesOf(items: readonly SinkItem[]): readonly string[] {
  return [...new Set(['key', ...items.flatMap(({ values }) => Object.keys(values))])]
}

function headerOf(head: string): readonly string[] {
  const [names] = parse(head, { bom: true, to: 1, relax_column_count: true, relax_quotes: true })
  return names ?? []
}

function rowText({ key, values }: SinkItem, names: readonly string[], style: CsvStyle): ItemText {
  // No value of the same name replaces the key.
  const row: Record<string, unknown> = { ...values, key }
  const unknown = Object.keys(row).find((name) => !names.includes(name))
  if (unknown !== undefined)
    return {
      reason: `the file has no column "${unknown}".${didYouMean(unknown, names)} It has: ${names.join(', ')}`,
    }
  try {
    return lineOf(
      names.map((name) => cellText(name, ownValue(row, name))),
      style,
    )
  } catch (thrown) {
    return { reason: messageOf(thrown) }
  }
}

function lineOf(cells: readonly string[], style: CsvStyle): string {
  return `${csvLine(cells, style)}\n`
}

function cellText(name: string, value: unknown): string {
  if (typeof value === 'string') return wellFormed(name, value)
  if (value === null || value === undefined) return ''
  if (typeof value === 'bigint') return value.toString()
  const json = jsonOf(name, value)
  // Dates and bytes are texts, which have quotes as JSON only.
  const parsed: unknown = json.startsWith('"') ? JSON.parse(json) : json
  return typeof parsed === 'string' ? parsed : json
}

/** The rows as they stand there; those without a key in the header's place are nothing that an item could repeat. */
function* storedRows(
  blocks: Iterable<Buffer>,
  head: string | null,
  { escapeFormulas }: CsvStyle,
): Generator<{ readonly key: string; readonly text: string }, void> {
  const at = head === null ? -1 : headerOf(head).indexOf('key')
  if (at < 0) return
  for (const row of wholeRows(blocks)) {
    const key = cellsOf(row)[at]
    if (key !== undefined) yield { key: escapeFormulas ? withoutEscape(key) : key, text: row }
  }
}

/** A line end inside of quotes belongs to a cell. */
function* wholeRows(blocks: Iterable<Buffer>): Generator<string, void> {
  let begun = ''
  for (const { bytes, ended } of splitLines(blocks)) {
    begun += `${bytes.toString('utf8')}${ended ? '\n' : ''}`
    if (begun.split('"').length % 2 === 0) continue
    yield begun
    begun = ''
  }
}

function cellsOf(row: string): readonly string[] {
  try {
    const [cells] = parse(row, { relax_column_count: true })
    return cells ?? []
  } catch {
    return []
  }
}
