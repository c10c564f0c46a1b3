import type { SelectionOptions } from './selection.ts'

/** What `run` is told besides its jobs. */
export interface RunOptions extends SelectionOptions {
  readonly realtime: boolean
  readonly flex: boolean
  readonly deadline: number | null
  readonly maxCost: number | null
  readonly yes: boolean
  readonly candidates: boolean
  readonly detach: boolean
  readonly wait: number | null
}
