import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL, where set, comes first.
  database: 'pglite:.offpeak/shop',
  // Without AZURE_OPENAI_ENDPOINT and a key everything stays on this machine, and answers are made up.
  emulator: 'auto',
  // `offpeak serve` answers under /api/v1/batch like the service that was here before: create, submit, status, results.
  api: {
    compat: { job: 'products', by: ['locale', 'category'], params: { category_limit: 1_000_000 } },
  },
})
