import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL, SUPABASE_DB_URL or NEON_DATABASE_URL, where set, come first.
  database: 'pglite:.offpeak/cases',
  // Answers are invented and kept in .offpeak/emulator, whatever keys there are; without this line a provider answers.
  emulator: true,
  // Below what the provider takes (50,000 requests and 200 MB), so that a batch that fails is a small one.
  batch: { maxRequests: 20_000, maxBytes: 100_000_000 },
})
