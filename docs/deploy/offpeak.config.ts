import { defineConfig } from 'offpeak'

export default defineConfig({
  // The state is OFFPEAK_STATE, keys and databases are variables as well: nothing secret is in this file.
  files: '/data/files',
  worker: { driver: 'pg-boss', concurrency: 4 },
  retention: { files: '30d' },
})
