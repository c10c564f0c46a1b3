import type { Answer } from '../../domain/request.ts'
import type { BatchRow } from '../../ports/state.ts'
import { pauseRun } from '../step/pause.ts'
import type { Step } from '../step/step.ts'

/**
 * A pause of a run for a person, once an answer tells that the account is at fault. That is done before the state knows
 * of a request that may be sent again, which would be refused for the same reason.
 */
export class AccountPause {
  readonly #merging: Pick<Step, 'flow' | 'run' | 'job'> & { readonly batch: Pick<BatchRow, 'n'> }
  #done: Promise<unknown> | null = null

  constructor(merging: Pick<Step, 'flow' | 'run' | 'job'> & { readonly batch: Pick<BatchRow, 'n'> }) {
    this.#merging = merging
  }

  /** Looks at an error. */
  look({ about, reason }: Extract<Answer, { kind: 'error' }>): void {
    if (about !== 'account' || this.#done !== null) return
    const { flow, run, job, batch } = this.#merging
    this.#done = pauseRun(flow, run, {
      kind: 'provider',
      reason: `${job.provider.name} did not run requests of batch ${batch.n}: ${reason}; they cost nothing, and go again once the run is resumed`,
    })
    // A failure is reported where it is awaited.
    this.#done.catch(() => undefined)
  }

  /** Settles when the run is stopped, where it is to be. */
  get done(): Promise<unknown> {
    return this.#done ?? Promise.resolve()
  }
}
