import { accountsOf } from '../../compose/accounts.ts'
import { compareBatches } from '../../engine/cleanup/remote-batches.ts'
import { sentBefore } from '../../engine/queries/sent-before.ts'
import type { Project } from '../../compose/project.ts'
import type { RemoteBatch } from '../../ports/provider.ts'
import { liveRuns } from './choose-run.ts'
import { plural } from '../../wording/count.ts'
import { type Check, good, warning } from './doctor-check.ts'

const lookBackMs = 7 * 86_400_000
const shown = 5

/** Batches whose creation nobody confirmed, and batches at the provider that carry our mark and are in no run. */
export async function doubtChecks(offpeak: Project): Promise<readonly Check[]> {
  const { store } = offpeak
  const checks: Check[] = []
  for (const run of await liveRuns(offpeak)) {
    const open = (await store.attempts(run.id)).filter(
      ({ state }) => state === 'in_doubt' || state === 'fenced',
    )
    if (open.length > 0)
      checks.push(
        warning(
          'batches',
          `run ${run.id}: ${open.map(({ batchN }) => `batch ${batchN}`).join(', ')} may or may not have been created; what it can cost stays reserved`,
          `offpeak resume ${run.id} finds out`,
        ),
      )
  }
  for (const [job, files] of Map.groupBy(await sentBefore(offpeak.flow), (intent) => intent.job))
    checks.push(
      warning(
        'state',
        job === ''
          ? `${plural(files.length, 'note')} of what was sent cannot be read`
          : `it does not know of ${plural(files.length, 'file')} of ${job} that ${files.length === 1 ? 'was' : 'were'} sent: it was restored or made anew, or another copy of the project is in use`,
        job === ''
          ? 'the next run of each job asks before it sends'
          : `offpeak run ${job} goes on with them, and pays nothing twice`,
      ),
    )
  for (const batch of await strays(offpeak))
    checks.push(
      warning(
        'batches',
        `${batch.id} (${batch.state}, ${batch.counts?.total ?? 'unknown'} requests) at the provider is ours and in no run of this state`,
        'see whether another copy of the state knows it; offpeak batches --cancel-orphans cancels it',
      ),
    )
  return checks.length > 0
    ? checks
    : [good('batches', 'none is in doubt, and none at the provider is astray')]
}

async function strays(offpeak: Project): Promise<readonly RemoteBatch[]> {
  const found: RemoteBatch[] = []
  const jobs = [...(await offpeak.config.jobs.all()).values()]
  const { accounts } = await accountsOf(offpeak.flow, jobs).catch(() => ({ accounts: [] }))
  for (const { provider, jobs } of accounts) {
    // Whether a provider can be reached is another check.
    const seen = await compareBatches(offpeak.flow, provider, jobs, Date.now() - lookBackMs).catch(() => null)
    found.push(
      ...(seen?.strays ?? [])
        .filter(({ adoptable, goesOnIn }) => !adoptable && goesOnIn === null)
        .map(({ batch }) => batch),
    )
  }
  return found.slice(0, shown)
}
