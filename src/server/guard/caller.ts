import type { Scope } from '../../domain/scope.ts'

/** The caller of a route. */
export interface Caller {
  /** `key:<id>`, `environment` or `local`: what is counted and remembered for one caller. */
  readonly id: string
  /** For people. */
  readonly name: string
  readonly scope: Scope
  /** The only jobs that this caller sees; null: all. */
  readonly jobs: readonly string[] | null
  /** What all runs that this caller starts may cost together; null: no bound of its own. */
  readonly budget: { readonly key: string; readonly capMicroUsd: number } | null
  /** The session by which this caller is let in, and with whose end it is out; absent: it came with its key. */
  readonly session?: string
}

/** The person at this machine, by the link that the terminal printed. */
export const localCaller: Caller = { id: 'local', name: 'local', scope: 'admin', jobs: null, budget: null }

/** Whether a caller may know of a job and its runs. */
export function sees(caller: Caller, job: string): boolean {
  return caller.jobs === null || caller.jobs.includes(job)
}

/** The caller where everybody is answered; it may see nothing. */
export const nobody: Caller = { id: 'nobody', name: 'nobody', scope: 'read', jobs: [], budget: null }
