import { Client } from 'pg'
import { judgment } from '../examples/headnotes/judgments.ts'
import { testDatabaseUrl } from '../test/support/postgres.ts'
import type { TaskName } from './project/tasks.ts'

/** Rows are made and inserted in statements of about so many characters. */
const statementCharacters = 2_000_000

// Vacuuming in the background would hit one contestant and not the other.
const tables: Readonly<Record<TaskName, string>> = {
  judgments: `create table judgments (
    id integer primary key, neutral_citation text not null, case_name text not null, court text not null,
    full_text text not null, headnote jsonb) with (autovacuum_enabled = false)`,
  events: `create table events (
    id integer primary key, channel text not null, body text not null, label text, confidence double precision)
    with (autovacuum_enabled = false)`,
  vectors: `create table vectors (id integer primary key, body text not null, embedding real[])
    with (autovacuum_enabled = false)`,
}

const inserts: Readonly<Record<TaskName, string>> = {
  judgments: `insert into judgments select * from json_to_recordset($1) as
    r(id int, neutral_citation text, case_name text, court text, full_text text)`,
  events: 'insert into events select * from json_to_recordset($1) as r(id int, channel text, body text)',
  vectors: 'insert into vectors select * from json_to_recordset($1) as r(id int, body text)',
}

/** A database with the task's table of so many rows; returns its name. The same rows come every time. */
export async function seed(task: TaskName, rows: number): Promise<string> {
  const name = `bench_${task}_${rows}`
  await administer(`create database ${name}`)
  await using client = await connect(name)
  await client.query(tables[task])
  await insert(client, task, { from: 1, count: rows })
  await client.query(`vacuum (analyze) ${task}`)
  await client.query('checkpoint')
  return name
}

/** Puts more rows of the same kind behind those that are there. */
export async function addRows(url: string, task: TaskName, rows: Rows): Promise<void> {
  await using client = await connectTo(url)
  await insert(client, task, rows)
}

interface Rows {
  readonly from: number
  readonly count: number
}

async function insert(client: Client, task: TaskName, { from, count }: Rows): Promise<void> {
  let part: object[] = []
  let characters = 0
  const flush = async (): Promise<void> => {
    await client.query(inserts[task], [JSON.stringify(part)])
    part = []
    characters = 0
  }
  for (let id = from; id < from + count; id += 1) {
    const row = task === 'judgments' ? judgmentRow(id) : event(id)
    part.push(row)
    characters += 'full_text' in row ? row.full_text.length : row.body.length
    if (characters >= statementCharacters) await flush()
  }
  if (part.length > 0) await flush()
}

/** A copy of a seeded database, file by file, so that every contestant finds the same. */
export async function cloneDatabase(
  template: string,
  name: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  await dropDatabase(name)
  const major = Number.parseInt(await serverVersion(), 10)
  // Copying by write-ahead log, the default since 15, is meant for small templates.
  await administer(`create database ${name} template ${template}${major >= 15 ? ' strategy file_copy' : ''}`)
  const url = new URL(await testDatabaseUrl())
  url.pathname = `/${name}`
  return { url: url.href, [Symbol.asyncDispose]: () => dropDatabase(name) }
}

export async function dropDatabase(name: string): Promise<void> {
  await administer(`drop database if exists ${name} with (force)`)
}

/** One value of one row. */
export async function ask(url: string, text: string): Promise<string> {
  await using client = await connectTo(url)
  const { rows } = await client.query<Record<string, unknown>>(text)
  return String(Object.values(rows[0] ?? {})[0])
}

export async function serverVersion(): Promise<string> {
  return ask(await testDatabaseUrl(), 'show server_version')
}

async function administer(statement: string): Promise<void> {
  await using client = await connectTo(await testDatabaseUrl())
  await client.query(statement)
}

async function connect(database: string): Promise<Client & AsyncDisposable> {
  const url = new URL(await testDatabaseUrl())
  url.pathname = `/${database}`
  return connectTo(url.href)
}

async function connectTo(connectionString: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

function judgmentRow(id: number): { readonly full_text: string } {
  const { neutralCitation, caseName, court, fullText } = judgment(id)
  return Object.assign(
    { id, neutral_citation: neutralCitation, case_name: caseName, court },
    { full_text: fullText },
  )
}

const openings = ['Hello,', 'Good morning,', 'Dear team,', 'Hi there —', 'To whom it may concern,']
const matters = [
  'my parcel was due on Tuesday and the tracking page has not moved since the depot in Rotterdam',
  'the invoice of last month lists the annual plan twice, though I cancelled one of the two in May',
  'since the update the left speaker crackles whenever the volume is above a third, and only then',
  'I cannot sign in any more: the code by text message never arrives, and the app says “too many attempts”',
  'the courier left the box in the rain, and half of the books in it are wavy and smell of cardboard',
]
const wishes = [
  'Could somebody look into it before the weekend?',
  'I would like my money back, please, to the same card.',
  'Please do not send me another link to the help pages; I have read them all.',
  'Thank you for your patience, your people on the telephone were very kind.',
]

/** A message of about 300 bytes. */
function event(id: number): { readonly body: string } {
  const at = (list: readonly string[], step: number): string =>
    list[Math.imul(id, step) % list.length] ?? list[0] ?? ''
  const channel = id % 3 === 0 ? 'mail' : id % 3 === 1 ? 'chat' : 'form'
  const body = `${at(openings, 7)} ${at(matters, 11)}. Order ${(id * 7_919) % 1_000_003}, ref ${id.toString(36)}. ${at(wishes, 13)} ${at(wishes, 5)}`
  return Object.assign({ id, channel }, { body })
}
