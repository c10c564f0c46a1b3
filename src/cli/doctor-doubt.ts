import type { Offpeak } from '../offpeak.ts'
import type { RemoteBatch } from '../ports/provider.ts'
import { liveRuns } from './choose-run.ts'
import { type Check, good, warning } from './doctor-check.ts'

const lookBackMs = 7 * 86_400_000
const knownRuns = 1_000
const shown = 5

/** Batches whose creation nobody confirmed, and batches at the provider that carry our mark and are in no run. */
export async function doubtChecks(offpeak: Offpeak): Promise<readonly Check[]> {
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
  for (const batch of await strays(offpeak))
    checks.push(
      warning(
        'batches',
        `${batch.id} (${batch.state}, ${batch.counts.total} requests) at the provider is ours and in no run of this state`,
        'see whether another copy of the state knows it, then cancel it at the provider',
      ),
    )
  return checks.length > 0
    ? checks
    : [good('batches', 'none is in doubt, and none at the provider is astray')]
}

async function strays(offpeak: Offpeak): Promise<readonly RemoteBatch[]> {
  const { store } = offpeak
  const known = new Set<string | null>()
  for (const { id } of await store.runs({ limit: knownRuns }))
    for (const attempt of await store.attempts(id)) known.add(attempt.providerBatchId)
  const found = new Map<string, RemoteBatch>()
  for (const { job } of (await offpeak.config.jobs()).values()) {
    const provider = await offpeak.provider(job.name).catch(() => null)
    const listed = await provider?.batches(Date.now() - lookBackMs)
    if (listed?.kind !== 'accepted') continue
    for (const batch of listed.value)
      if (batch.metadata['offpeak'] === store.lineage && !known.has(batch.id)) found.set(batch.id, batch)
  }
  return [...found.values()].slice(0, shown)
}
