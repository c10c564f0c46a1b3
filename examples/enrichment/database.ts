import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the events are: the names that Offpeak itself reads, else a database embedded in this folder. */
export function databaseUrl(): string {
  const { DATABASE_URL, SUPABASE_DB_URL, NEON_DATABASE_URL } = process.env
  return DATABASE_URL || SUPABASE_DB_URL || NEON_DATABASE_URL || embeddedUrl
}

/** What is looked at afterwards: the copy that the emulator has written, where there is one. */
export function writtenUrl(): string {
  const copy = '.offpeak/emulator/project/.offpeak/cases'
  const isCopied = databaseUrl() === embeddedUrl && existsSync(join(import.meta.dirname, copy))
  return isCopied ? `pglite:${copy}` : databaseUrl()
}

const embeddedUrl = 'pglite:.offpeak/cases'
