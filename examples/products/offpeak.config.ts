import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL, where set, comes first.
  database: 'pglite:.offpeak/shop',
  // Without AZURE_OPENAI_ENDPOINT and a key everything stays on this machine, and answers are made up.
  emulator: 'auto',
})
