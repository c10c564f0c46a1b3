import type { Provider } from '../../ports/provider.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { Step } from '../step.ts'

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
