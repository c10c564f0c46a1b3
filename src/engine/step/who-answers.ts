import { OffpeakError } from '../../domain/errors.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { budgetsOf, specOf } from '../spec.ts'
import { hostOf } from './account.ts'

/**
 * Whether it was news that an emulator answers a run, or does not; noted as soon as it is known, until then what was
 * known of its account counts. Returns whether it was news.
 */
export async function noteSimulated(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
  provider: Pick<Provider, 'isSimulated'>,
): Promise<boolean> {
  const told = provider.isSimulated()
  if (told === null || told === (run.simulated === 1)) return false
  const kept = budgetsOf({ ...run, simulated: 1 }, specOf(run), clock.now())
  await store.markSimulated(
    run.id,
    told,
    kept.map(({ key }) => key),
  )
  return true
}

/**
 * The guard against accounts of a job of which an emulator answers some and a provider others: throws E_JOB_INVALID, as
 * what is invented would be counted as paid, or the other way round.
 */
export function requireOneKind(job: string, accounts: readonly Pick<Provider, 'isSimulated'>[]): void {
  const told = accounts.map((each) => each.isSimulated())
  if (told.length === 1 || !told.includes(true) || !told.includes(false)) return
  throw new OffpeakError(
    'E_JOB_INVALID',
    'an emulator answers for some accounts of the job, and a provider for others',
    {
      where: `job ${job}`,
      fix: 'let all of its accounts be emulators, or none',
    },
  )
}

/**
 * A run goes on at the service that it began with: what an emulator has begun is not finished by a provider, nor the
 * other way round. A new key of the same service is no other service, nor is one of several accounts that has taken some
 * of its batches. Throws E_CREDENTIALS for what is not sent yet.
 */
export async function requireSameHost(
  { store }: Pick<Flow, 'store'>,
  { id, account, job }: Pick<RunRow, 'id' | 'account' | 'job'>,
  { state, account: ofBatch }: Pick<AttemptRow, 'state' | 'account'>,
  accounts: readonly Pick<Provider, 'account'>[],
): Promise<void> {
  if (account === null || ofBatch !== null || !unsent.has(state)) return
  const before = hostOf(account)
  const hosts = accounts.map((each) => hostOf(each.account))
  if (hosts.includes(before)) return
  const sent = await store.attempts(id)
  if (sent.some((each) => each.account !== null && hosts.includes(hostOf(each.account)))) return
  const now = [...new Set(hosts)].join(' and ')
  throw new OffpeakError('E_CREDENTIALS', `run ${id} began at ${before}, and ${job} goes to ${now} now`, {
    fix: `name the address of before again, or offpeak cancel ${id} and start again`,
  })
}

const unsent: ReadonlySet<AttemptRow['state']> = new Set([
  'waiting',
  'reserved',
  'uploading',
  'uploaded',
  'asking',
])
