import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['offpeak-source'] },
  ssr: { resolve: { conditions: ['offpeak-source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
