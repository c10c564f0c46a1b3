import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL, SUPABASE_DB_URL or NEON_DATABASE_URL, where set, come first.
  database: 'pglite:.offpeak/cases',
  // Without OPENAI_API_KEY everything stays on this machine, and answers are made up.
  emulator: 'auto',
  // Below what the provider takes (50,000 requests and 200 MB), so that a batch that fails is a small one.
  batch: { maxRequests: 20_000, maxBytes: 100_000_000 },
})
