import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL or SUPABASE_DB_URL, where set, come first.
  database: 'pglite:.offpeak/cases',
  // Answers are invented and kept in .offpeak/emulator, whatever keys there are; without this line a provider answers.
  emulator: true,
})
