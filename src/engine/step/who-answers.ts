import { OffpeakError } from '../../domain/errors.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { budgetsOf, specOf } from '../spec.ts'

/**
 * Notes with a run whether an emulator answers it, as soon as that is known; until then what was known of its account
 * counts. Returns whether it was news.
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
 * A run goes on at the service that it began with: what an emulator has begun is not finished by a provider, nor the
 * other way round. A new key of the same service is no other service. Throws E_CREDENTIALS for what is not sent yet.
 */
export function requireSameHost(
  { id, account, job }: Pick<RunRow, 'id' | 'account' | 'job'>,
  { state, account: ofBatch }: Pick<AttemptRow, 'state' | 'account'>,
  provider: Pick<Provider, 'account'>,
): void {
  if (account === null || ofBatch !== null || !unsent.has(state)) return
  const [before, now] = [hostOf(account), hostOf(provider.account)]
  if (before === now) return
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

function hostOf(account: string): string {
  return account.split('/', 1)[0] ?? account
}
