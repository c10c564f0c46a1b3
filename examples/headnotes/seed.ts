/**
 * Fills the tables of the headnotes job: `node seed.ts [--cases N] [--from file.jsonl] [--reset]`
 *
 * The database is the one that DATABASE_URL or SUPABASE_DB_URL names, else an embedded one in `.offpeak/cases` beside
 * this file. Running it again adds nothing that is there already.
 */
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { jsonl, openDatabase, sql } from 'offpeak'
import { exampleHeadnotes, judgment } from './judgments.ts'
import { createTables, dropTables } from './schema.ts'

interface Case {
  readonly id: string
  readonly neutral_citation: string
  readonly case_name: string
  readonly court: string
  readonly decided: string | null
  readonly full_text: string
}

interface Headnote {
  readonly id: string
  readonly headnote_text: string
  readonly created_at: string
}

const statementBytes = 2_000_000

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: '30' },
    from: { type: 'string' },
    reset: { type: 'boolean', default: false },
  },
})
const wanted = Number(options.cases)
if (!Number.isSafeInteger(wanted) || wanted < 0) {
  console.error(`--cases takes a whole number, not ${options.cases}`)
  process.exit(2)
}

const url = process.env['DATABASE_URL'] || process.env['SUPABASE_DB_URL'] || 'pglite:.offpeak/cases'
await using database = await openDatabase(url, import.meta.dirname)
if (options.reset) await database.exec(dropTables)
await database.exec(createTables)

const started = performance.now()
const headnotes: Headnote[] = []
let bytes = 0
const source = options.from === undefined ? generated(wanted) : fromFile(options.from)
let part: Case[] = []
let partBytes = 0
let seen = 0
let added = 0
for await (const one of source) {
  part.push(one)
  partBytes += one.full_text.length
  seen += 1
  if (partBytes >= statementBytes) await flush()
}
await flush()
if (headnotes.length === 0) exampleHeadnotes().forEach(addHeadnote)
const addedHeadnotes = await insertHeadnotes()

const seconds = (performance.now() - started) / 1000
console.log(`Database   ${database.where}`)
console.log(
  `Cases      ${seen} read, ${added} added (${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s)`,
)
console.log(`Headnotes  ${headnotes.length} examples, ${addedHeadnotes} added`)
const [open] = await database.query(
  sql`select count(*) as cases from court_cases where full_text is not null and (headnote is null or headnote = '')`,
)
console.log(`Open       ${String(open?.['cases'])} cases without a headnote`)

async function flush(): Promise<void> {
  const rows = part
  bytes += partBytes
  part = []
  partBytes = 0
  if (rows.length === 0) return
  const inserted = await database.query(sql`
    with added as (
      insert into court_cases (id, neutral_citation, case_name, court, decided, full_text)
      select id, neutral_citation, case_name, court, decided, full_text
      from json_to_recordset(${JSON.stringify(rows)}::json) as new(
        id uuid, neutral_citation text, case_name text, court text, decided date, full_text text)
      on conflict do nothing returning 1
    ) select count(*) as count from added`)
  added += Number(inserted[0]?.['count'])
}

async function insertHeadnotes(): Promise<number> {
  const inserted = await database.query(sql`
    with added as (
      insert into headnote_corpus (id, headnote_text, created_at)
      select id, headnote_text, created_at
      from json_to_recordset(${JSON.stringify(headnotes)}::json) as new(id uuid, headnote_text text, created_at timestamptz)
      on conflict do nothing returning 1
    ) select count(*) as count from added`)
  return Number(inserted[0]?.['count'])
}

function* generated(count: number): Generator<Case> {
  for (let index = 0; index < count; index += 1) {
    const { neutralCitation, caseName, court, decided, fullText } = judgment(index)
    yield {
      id: uuidOf(neutralCitation),
      neutral_citation: neutralCitation,
      case_name: caseName,
      court,
      decided,
      full_text: fullText,
    }
  }
}

/** Lines of `{ id?, neutral_citation, case_name, court, decided, full_text, reference_headnote? }`. */
async function* fromFile(file: string): AsyncGenerator<Case> {
  await using reader = await jsonl
    .rows({ file, key: 'neutral_citation' })
    .open({ baseDir: process.cwd(), databaseUrl: null })
  for await (const page of reader.read({ after: null, limit: null, order: 'given', only: null })) {
    for (const record of page.records) {
      if (record.problem !== undefined) {
        console.error(`Left out: ${record.problem}`)
        continue
      }
      const { row, key } = record
      const text = (name: string): string =>
        typeof row[name] === 'string' ? row[name].replaceAll('\0', '') : ''
      if (text('reference_headnote') !== '') addHeadnote(text('reference_headnote'))
      yield {
        id: uuidOf(text('id') || key),
        neutral_citation: key,
        case_name: text('case_name'),
        court: text('court'),
        decided: text('decided') || null,
        full_text: text('full_text'),
      }
    }
  }
}

/** Examples get one second each, so that "the newest three" are the same ones everywhere. */
function addHeadnote(text: string): void {
  const created_at = new Date(Date.UTC(2024, 0, 1, 0, 0, headnotes.length)).toISOString()
  headnotes.push({ id: uuidOf(`headnote ${text}`), headnote_text: text, created_at })
}

/** A uuid is kept; any other name is hashed into one, always the same. */
function uuidOf(name: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) return name.toLowerCase()
  const hex = createHash('sha256').update(`offpeak headnotes ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
