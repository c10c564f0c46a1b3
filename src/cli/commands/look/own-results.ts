import { csvLine } from '../../../wording/csv-line.ts'
import type { FileEdges } from './own-file.ts'
import { usualFields } from '../../../engine/queries/result-fields.ts'

/** Whether a file has the beginning, or in Parquet the end, of results with these fields, or with the usual ones. */
export function areResults(
  { head, tail }: FileEdges,
  format: 'jsonl' | 'csv' | 'parquet',
  fields: readonly string[],
): boolean {
  const [first = ''] = head.split('\n', 1)
  return [fields, usualFields].some((names) => {
    switch (format) {
      case 'parquet':
        return (
          head.startsWith('PAR1') &&
          tail.includes('hyparquet') &&
          names.every((name) => tail.includes(latin(name)))
        )
      case 'csv':
        return isHeader(first.replace(/\r$/, ''), names)
      case 'jsonl':
        return startsWithFields(first, names)
    }
    return false
  })
}

/** Each field is a cell, and `output` one or several: `output.title,output.year`. */
function isHeader(line: string, fields: readonly string[]): boolean {
  const text = fields
    .map((name) =>
      name === 'output'
        ? String.raw`(?:"output(?:[^"]|"")*"|output[^,]*)(?:,(?:"output\.(?:[^"]|"")*"|output\.[^,]*))*`
        : latin(csvLine([name], { escapeFormulas: false })).replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
    )
    .join(',')
  return new RegExp(`^${text}$`).test(line)
}

/** The names of the fields stand at the beginning of the line, one after another; a long line is not there whole. */
function startsWithFields(line: string, fields: readonly string[]): boolean {
  let at = line.startsWith('{') ? 1 : -1
  for (const [index, name] of fields.entries()) {
    if (at < 0) return false
    const found = line.indexOf(`${latin(JSON.stringify(name))}:`, at)
    if (found < 0 || (index === 0 && found !== at)) return false
    at = found + 1
  }
  return at > 0
}

function latin(text: string): string {
  return Buffer.from(text).toString('latin1')
}
