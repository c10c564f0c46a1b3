import type { SchemaRow } from './schema-rows.ts'

/** What a schema cannot say of an entry. */
export type EntryWords = string | { readonly takes: string; readonly words: string }

/** Words by path, as `schemaRows` writes paths. */
export type EntryGlossary = Readonly<Record<string, EntryWords>>

/** A table of entries. Throws for an entry without words, or whose kind neither schema nor words tell. */
export function entryTable(rows: readonly SchemaRow[], glossary: EntryGlossary): string {
  const lines = rows.map(({ path, takes, required, standard }) => {
    const said = glossary[path]
    if (said === undefined) throw new Error(`there are no words for the entry ${path}`)
    const kind = typeof said === 'string' ? takes : said.takes
    if (kind === '') throw new Error(`neither schema nor words say what ${path} takes`)
    const words = typeof said === 'string' ? said : said.words
    const fallback = standard === null ? '' : ` Default: \`${standard}\`.`
    return `| \`${path}\`${required ? ' (required)' : ''} | ${kind} | ${words}${fallback} |`
  })
  return ['| entry | takes | meaning |', '|---|---|---|', ...lines].join('\n')
}

/** The entries by the first part of their path, in order. */
export function byFirstPart(rows: readonly SchemaRow[]): ReadonlyMap<string, readonly SchemaRow[]> {
  return Map.groupBy(rows, ({ path }) => /^\{[^}]*\}|^[^.[]+/.exec(path)?.[0] ?? path)
}

/** Words for entries that no schema has. */
export function orphanedWords(rows: readonly SchemaRow[], glossary: EntryGlossary): readonly string[] {
  const paths = new Set(rows.map(({ path }) => path))
  return Object.keys(glossary).filter((path) => !paths.has(path))
}
