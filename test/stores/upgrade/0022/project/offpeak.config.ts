import { defineConfig } from 'offpeak'

export default defineConfig({ files: 'files', batch: { maxRequests: 4 }, timings: { pollEveryMs: 50 } })
