import { accountsOf } from '../../../compose/accounts.ts'
import { compareBatches } from '../../../engine/cleanup/remote-batches.ts'
import { sentBefore } from '../../../engine/queries/sent-before.ts'
import type { Project } from '../../../compose/project.ts'
import type { OrphanedBatch } from '../../../engine/cleanup/remote-batches.ts'
import { liveRuns } from '../runs/choose-run.ts'
import { plural } from '../../../wording/count.ts'
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
  const before = await sentBefore(offpeak.flow)
  for (const [job, files] of Map.groupBy(before, (intent) => intent.job))
    checks.push(
      warning(
        'state',
        job === ''
          ? `${plural(files.length, 'note')} of what was sent cannot be read`
          : `it does not know of ${plural(files.length, 'file')} of ${job} that ${files.length === 1 ? 'was' : 'were'} sent: it was restored or made again, or another copy of the project is in use`,
        job === ''
          ? 'the next run of each job asks before it sends'
          : `offpeak run ${job} continues with them, and pays nothing twice`,
      ),
    )
  const found = await orphans(offpeak)
  const noted = new Set(before.map(({ nonce }) => nonce))
  const ofOthers = found.filter(
    ({ goesOnIn, batch }) => goesOnIn !== null && !noted.has(batch.metadata['offpeak_nonce'] ?? ''),
  )
  for (const [job, batches] of Map.groupBy(ofOthers, ({ goesOnIn }) => goesOnIn))
    checks.push(
      warning(
        'state',
        `it does not know of ${plural(batches.length, 'batch', 'batches')} of ${job} at the provider that ${batches.length === 1 ? 'carries' : 'carry'} the mark of this project: it was restored or made again, or another copy of the project is in use`,
        `offpeak run ${job} continues with ${batches.length === 1 ? 'it' : 'them'}, and pays nothing twice; give a copy that is to stay in use a state and a files directory of its own`,
      ),
    )
  for (const { batch } of found.filter(({ goesOnIn }) => goesOnIn === null).slice(0, shown))
    checks.push(
      warning(
        'batches',
        `${batch.id} (${batch.state}, ${batch.counts?.total ?? 'unknown'} requests) at the provider is ours and in no run of this state`,
        'see whether another copy of the state knows it; offpeak batches --cancel-orphans cancels it',
      ),
    )
  return checks.length > 0
    ? checks
    : [good('batches', 'none is unconfirmed, and none at the provider is orphaned')]
}

async function orphans(offpeak: Project): Promise<readonly OrphanedBatch[]> {
  const found: OrphanedBatch[] = []
  const jobs = [...(await offpeak.config.jobs.all()).values()]
  const { accounts } = await accountsOf(offpeak.flow, jobs).catch(() => ({ accounts: [] }))
  for (const account of accounts) {
    // Whether a provider can be reached is another check.
    const seen = await compareBatches(offpeak.flow, account, Date.now() - lookBackMs).catch(() => null)
    found.push(...(seen?.orphans ?? []).filter(({ adoptable }) => !adoptable))
  }
  return found
}
