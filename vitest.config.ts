import { defineConfig } from 'vitest/config'
import { NoSkips } from './test/support/no-skips.ts'

export default defineConfig({
  resolve: { conditions: ['offpeak-source'] },
  ssr: { resolve: { conditions: ['offpeak-source'] } },
  test: {
    include: ['{src,test,dashboard}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', new NoSkips()],
    isolate: false,
    // Most tests wait for processes of their own; by default one core is kept free.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
