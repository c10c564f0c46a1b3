import type { LoadedJob } from '../config/jobs.ts'
import { messageOf } from '../domain/errors.ts'
import type { Flow } from '../engine/flow.ts'
import type { Provider } from '../ports/provider/provider.ts'

/** One account at one provider, and the jobs that go there. */
export interface Account {
  readonly provider: Provider
  readonly jobs: readonly string[]
  /** The other accounts that these jobs use: what is with them is not looked for here. */
  readonly others: readonly string[]
}

/** Accounts at providers that a project's jobs use. */
export interface Accounts {
  readonly accounts: readonly Account[]
  /** Jobs whose provider cannot be asked, for want of a key. */
  readonly skipped: readonly { readonly job: string; readonly reason: string }[]
}

/** The accounts of some jobs, each once. Throws what kept the first of them away when there is none at all. */
export async function accountsOf(
  flow: Pick<Flow, 'accounts'>,
  jobs: readonly Pick<LoadedJob, 'job'>[],
): Promise<Accounts> {
  const accounts = new Map<string, Account>()
  const skipped: { job: string; reason: string; thrown: unknown }[] = []
  for (const { job } of jobs) {
    try {
      const all = await flow.accounts(job)
      for (const provider of all) {
        const before = accounts.get(provider.account)
        const others = all.flatMap(({ account }) => (account === provider.account ? [] : [account]))
        accounts.set(provider.account, {
          provider,
          jobs: [...(before?.jobs ?? []), job.name],
          others: [...new Set([...(before?.others ?? []), ...others])],
        })
      }
    } catch (thrown) {
      skipped.push({ job: job.name, reason: messageOf(thrown), thrown })
    }
  }
  const [first] = skipped
  if (accounts.size === 0 && first) throw first.thrown
  return {
    accounts: [...accounts.values()],
    skipped: skipped.map(({ job, reason }) => ({ job, reason })),
  }
}
