/** The two functions of a test runner that a suite needs: those of `node:test`, Vitest and Jest fit as they are. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  /** The test has failed when the promise of its body is rejected. A test may take some seconds. */
  readonly test: (name: string, body: () => Promise<void>) => unknown
}
