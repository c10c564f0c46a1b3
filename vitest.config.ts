import { availableParallelism } from 'node:os'
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
    // Tests wait for processes, intervals and bounds of their own for a third of their time.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
