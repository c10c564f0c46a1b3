import { outcomeNames } from '../../domain/outcome.ts'
import { changedParts, compareMeaning, type Marked } from '../../planning/requests/meaning.ts'
import type { AskedPart } from '../../planning/waiting/remedies.ts'
import type { Flow } from '../flow.ts'
import { type Rescue, specOf } from '../spec.ts'
import type { PreparedJob } from './prepare.ts'

/** In what the requests of a rescue differ from those of the run that it rescues. */
export interface RescueChanges {
  /** Looks for these keys. What it returns tells what of a record's request is another now; nothing: it is the same. */
  readonly of: (
    keys: readonly string[],
  ) => Promise<(record: Marked & { readonly key: string }) => readonly AskedPart[]>
}

/**
 * Differences between today's requests and those of the run that is rescued; what that run never sent counts as
 * changed.
 */
export async function rescueChanges(
  { store }: Pick<Flow, 'store'>,
  job: PreparedJob,
  { run, insteadOf, maxOutputTokens }: Rescue & { readonly maxOutputTokens: number | null },
): Promise<RescueChanges> {
  const found = await store.run(run)
  const before = found && specOf(found)
  const alike: readonly AskedPart[] = [
    ...(insteadOf === null ? [] : (['model'] as const)),
    ...(isHigher(maxOutputTokens, before?.maxOutputTokens ?? null) ? (['limit'] as const) : []),
  ]
  return {
    async of(keys) {
      const sent = new Map(
        (await store.endedIn([run], keys, outcomeNames)).map(({ key, fingerprint }) => [key, fingerprint]),
      )
      return (record) => {
        const mark = sent.get(record.key)
        if (mark === undefined) return ['prompt']
        return compareMeaning(mark, record) === 'same'
          ? alike
          : [
              ...new Set([
                ...changedParts(mark, record.fingerprint, before?.meaning ?? null, job.meaning),
                ...alike,
              ]),
            ]
      }
    },
  }
}

/** Whether a limit of output tokens leaves more room than another; null: there is none. */
export function isHigher(limit: number | null, before: number | null): boolean {
  return before !== null && (limit === null || limit > before)
}
