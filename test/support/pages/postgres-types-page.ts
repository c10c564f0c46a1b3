import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RoundTrip } from '../postgres-round-trips.ts'

const page = resolve(import.meta.dirname, '../../../docs/postgres.md')
const [begin, end] = ['<!-- types: npm run docs:types -->', '<!-- end of types -->']

/** Arrays of every type are read alike; these are shown. */
const shownArrays: ReadonlySet<string> = new Set([
  'integer[]',
  'double precision[]',
  'bytea[]',
  'jsonb[]',
  'box[]',
  'mood[]',
  'address[]',
])

/** The table of the page as it is, and as what became of the values makes it. */
export async function typesOnPage(
  trips: readonly RoundTrip[],
): Promise<{ readonly now: string; readonly made: string }> {
  const text = await readFile(page, 'utf8')
  const from = text.indexOf(begin) + begin.length
  const to = text.indexOf(end)
  if (from < begin.length || to < 0) throw new Error(`${page} has no place for the table of types`)
  return { now: text, made: `${text.slice(0, from)}\n\n${typesTable(trips)}\n${text.slice(to)}` }
}

export async function writeTypesOnPage(trips: readonly RoundTrip[]): Promise<void> {
  await writeFile(page, (await typesOnPage(trips)).made)
}

function typesTable(trips: readonly RoundTrip[]): string {
  const shown = trips.filter(({ type }) => !type.endsWith('[]') || shownArrays.has(type))
  const lines = shown.map(({ type, stored, row, written }) =>
    [code(type), code(stored ?? ''), code(JSON.stringify(row)), became(stored, written)].join(' | '),
  )
  return `| column | a value in it | \`row\` holds | written back |\n|---|---|---|---|\n${lines.map((line) => `| ${line} |\n`).join('')}`
}

function became(stored: string | null, written: string | null): string {
  if (written === stored) return 'the same'
  return written === null ? 'null' : code(written)
}

/** In a cell a line break ends the row, and a bar the cell. */
function code(text: string): string {
  const flat = text
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('|', String.raw`\|`)
  return flat === '' ? '(empty)' : `\`${flat}\``
}
