import { OffpeakError } from '../../domain/errors.ts'
import { intentMattersMs } from '../../domain/intent.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { accepted } from '../answers/accepted.ts'
import type { Flow } from '../flow.ts'

type Kept = Pick<Flow, 'store' | 'clock'>

/** Batches of a project, by its id, that the accounts still list. Throws E_USAGE when there are none, or it is this one. */
export async function batchesOfProject(
  { store, clock }: Kept,
  accounts: readonly Provider[],
  projectId: string,
): Promise<readonly RemoteBatch[]> {
  if ((await store.ownIds()).has(projectId))
    throw new OffpeakError('E_USAGE', `the batches of project ${projectId} are those of this one already`, {
      fix: 'offpeak batches lists them',
    })
  const found: RemoteBatch[] = []
  for (const provider of accounts) {
    const since = clock.now() - intentMattersMs
    const listed = accepted(provider, await provider.batches(since), 'listing its batches')
    found.push(...listed.filter(({ metadata }) => metadata['offpeak'] === projectId))
  }
  if (found.length > 0) return found
  throw new OffpeakError(
    'E_USAGE',
    `no batch of a project ${projectId} is listed with the keys that are set`,
    {
      fix: 'offpeak batches --all names the projects whose batches are listed',
    },
  )
}

/** The projects, by their ids, that have made batches of a list and are none of `ownIds`, with how many. */
export function otherProjects(
  listed: readonly RemoteBatch[],
  ownIds: ReadonlySet<string>,
): readonly { readonly project: string; readonly batches: number }[] {
  const ids = listed.flatMap(({ metadata }) => metadata['offpeak'] ?? []).filter((id) => !ownIds.has(id))
  return [...Map.groupBy(ids, (id) => id)].map(([project, { length }]) => ({ project, batches: length }))
}
