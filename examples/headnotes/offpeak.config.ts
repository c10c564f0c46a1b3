import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL or SUPABASE_DB_URL, where set, come first.
  database: 'pglite:.offpeak/cases',
  // Without AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY everything stays on this machine, and answers are made up.
  emulator: 'auto',
})
