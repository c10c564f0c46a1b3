import { defineConfig } from 'offpeak'

export default defineConfig({
  // DATABASE_URL, where set, comes first.
  database: 'pglite:.offpeak/shop',
  // Answers are invented and kept in .offpeak/emulator, whatever keys there are; without this line a provider answers.
  emulator: true,
  // `offpeak serve` answers under /api/v1/batch like the service that was here before: create, submit, status, results.
  api: {
    compat: { job: 'products', by: ['locale', 'category'], params: { category_limit: 1_000_000 } },
  },
})
