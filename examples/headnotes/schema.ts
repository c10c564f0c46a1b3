/** The tables of the headnotes job: the cases that want a headnote, and headnotes that show their form. */
export const createTables = `
create table if not exists court_cases (
  id uuid primary key,
  neutral_citation text not null unique,
  case_name text not null,
  court text not null,
  decided date,
  full_text text,
  headnote text,
  headnote_embedding real[],
  updated_at timestamptz not null default now()
);
create table if not exists headnote_corpus (
  id uuid primary key,
  headnote_text text not null,
  created_at timestamptz not null default now()
);
`

export const dropTables = 'drop table if exists court_cases, headnote_corpus;'
