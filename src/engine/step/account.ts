import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { Step } from './step.ts'
import type { waitFor } from './wait.ts'

/** Whether a batch was made by another key than the one that is set now. */
export function belongsToAnother(
  { account }: Pick<AttemptRow, 'account'>,
  provider: Pick<Provider, 'account'>,
): boolean {
  return account !== null && account !== provider.account
}

/** Notes that a batch answers to the key that is set now: keys are renewed, and the account stays. */
export async function noteAccount({ flow, lease, attempt, job, run }: Step): Promise<void> {
  const { account } = job.provider
  if (attempt.account === account) return
  await flow.store.saveAttempt(
    lease.claim,
    { account },
    attempt.account === null
      ? undefined
      : {
          at: flow.clock.now(),
          kind: 'account.renewed',
          data: { batch: attempt.batchN, run: run.id, before: attempt.account, now: account },
        },
  )
}

/** The key is not the one that made the batch: a person has changed it, and can change it back. */
export function otherAccount({ attempt, job }: Step, words: string): Parameters<typeof waitFor>[1] {
  return {
    kind: 'account',
    words: `these batches belong to another key (${attempt.account ?? ''}); with the key that is set now (${job.provider.account}) the answer is: ${words}`,
    pauseNow: true,
  }
}
