import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { Step } from './step.ts'
import type { waitFor } from './wait.ts'

type Whose = Pick<AttemptRow, 'account' | 'assignedAccount'>

/** The account that has a batch, or was given its file; null: none yet. */
export function accountOf({ account, assignedAccount }: Whose): string | null {
  return account ?? assignedAccount
}

/** Whether a batch was made, or its file was sent, with another key than the one that is set now. */
export function belongsToAnother(attempt: Whose, provider: Pick<Provider, 'account'>): boolean {
  const account = accountOf(attempt)
  return account !== null && account !== provider.account
}

/**
 * The one of several accounts that an attempt is with. Where none of them is (its key was renewed, or taken out of the
 * list), it is the one that shows its batch, else one of the same service, whose answer decides what to wait for.
 */
export async function accountFor(
  accounts: readonly Provider[],
  attempt: Whose & Pick<AttemptRow, 'state' | 'providerBatchId'>,
  run: Pick<RunRow, 'account'>,
  signal?: AbortSignal,
): Promise<Provider | null> {
  const [first = null, ...others] = accounts
  if (others.length === 0) return first
  const isNew = attempt.state === 'waiting'
  // Versions with one account alone noted none of what they were about to send.
  const wanted = accountOf(attempt) ?? (isNew ? null : run.account)
  const own = accounts.find(({ account }) => account === wanted)
  if (own || wanted === null) return own ?? first
  if (attempt.providerBatchId !== null)
    for (const each of accounts)
      if ((await each.batch(attempt.providerBatchId, signal)).kind === 'accepted') return each
  return accounts.find(({ account }) => hostOf(account) === hostOf(wanted)) ?? first
}

/** A job as its steps for one attempt see it: asked through the account that the attempt is with. */
export async function jobFor(
  job: PreparedJob,
  attempt: Parameters<typeof accountFor>[1],
  run: Pick<RunRow, 'account'>,
  signal?: AbortSignal,
): Promise<PreparedJob> {
  if (job.accounts.length === 1) return job
  const provider = await accountFor(job.accounts, attempt, run, signal)
  return provider === null ? job : { ...job, provider }
}

/** The host in what an account is called. */
export function hostOf(account: string): string {
  return account.split('/', 1)[0] ?? account
}

/** The note that a batch answers to the key that is set now: keys are renewed, and the account stays. */
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
    words:
      job.accounts.length === 1
        ? `these batches belong to another key (${accountOf(attempt) ?? ''}); with the key that is set now (${job.provider.account}) the answer is: ${words}`
        : `these batches belong to a key that is none of the job's accounts now (${accountOf(attempt) ?? ''}); none of the ${job.accounts.length} keys shows them: ${words}`,
    pauseNow: true,
  }
}
