import type { Database } from 'offpeak/postgres'

const events = `
create table if not exists events (
  event_id text primary key,
  authority text not null,
  event_hash text not null,
  kind text not null,
  lang text not null,
  title text not null,
  body text not null,
  url text,
  published_at timestamptz not null,
  created_at timestamptz not null default now(),
  unique (authority, event_hash)
);
create index if not exists events_published on events (published_at);
`

/** What enrichment adds to a table of events; a table that has a column already keeps it. */
const enrichment = (vector: string): string => `
alter table events
  add column if not exists summary_en text,
  add column if not exists summary_model text,
  add column if not exists summary_ts timestamptz,
  add column if not exists summary_version text,
  add column if not exists summary_embedding ${vector},
  add column if not exists embedding ${vector},
  add column if not exists embedding_model text,
  add column if not exists embedding_ts timestamptz,
  add column if not exists embedding_version text;
create table if not exists event_chunks (
  event_id text not null references events on delete cascade,
  n integer not null,
  text text not null,
  embedding ${vector} not null,
  primary key (event_id, n)
);
`

/** Makes the tables, or adds what is missing to them; vectors are pgvector's where it can be had, else `real[]`. */
export async function createTables(database: Database): Promise<void> {
  await database.exec('create extension if not exists vector').catch(() => undefined)
  await database.exec(events + enrichment((await hasVectors(database)) ? 'vector(1536)' : 'real[]'))
}

export async function dropTables(database: Database): Promise<void> {
  await database.exec('drop table if exists event_chunks, events')
}

/** Whether pgvector is there. */
export async function hasVectors(database: Database): Promise<boolean> {
  const found = await database.query({
    text: `select 1 from pg_extension where extname = 'vector'`,
    values: [],
  })
  return found.length > 0
}
