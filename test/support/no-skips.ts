import type { Reporter, TestModule } from 'vitest/node'

/** With OFFPEAK_NO_SKIPS set, a test that could not run for lack of something is a failure. */
export class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (process.env['OFFPEAK_NO_SKIPS'] === undefined) return
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `${module.relativeModuleId} > ${test.fullName}`),
    )
    if (skipped.length === 0) return
    console.error(`\n${skipped.length} tests were skipped, and here none may be:\n  ${skipped.join('\n  ')}`)
    process.exitCode = 1
  }
}
