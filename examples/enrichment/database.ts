/** Where the events are: the names that Offpeak itself reads, else a database embedded in this folder. */
export function databaseUrl(): string {
  const { DATABASE_URL, SUPABASE_DB_URL, NEON_DATABASE_URL } = process.env
  return DATABASE_URL || SUPABASE_DB_URL || NEON_DATABASE_URL || embeddedUrl
}

export const embeddedUrl = 'pglite:.offpeak/cases'
