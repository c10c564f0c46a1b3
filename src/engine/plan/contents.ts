import type { Definition } from '../../domain/definition.ts'
import { fingerprint } from '../../planning/requests/fingerprint.ts'
import { ownMark, type SharedMeaning } from '../../planning/requests/meaning.ts'

/** Hashes of what a plan would send and write, so that another plan is noticed whose figures are the same. */
export interface PlanContents {
  /** Of the keys whose requests would be sent, of those that were looked at. */
  readonly keys: string
  /** Of what their texts and files mean. */
  readonly requests: string
  /** What all requests mean alike. */
  readonly shared: SharedMeaning
  /** The job as it is written: how it asks, and how it writes; null: it is not known. */
  readonly job: Definition | null
}

/** A gatherer of the contents of a plan, in whatever order they are looked at. */
export class ContentsGatherer {
  readonly #marks = new Map<string, string>()

  add(key: string, mark: string): void {
    this.#marks.set(key, ownMark(mark))
  }

  of(shared: SharedMeaning, job: Definition | null): PlanContents {
    const sorted = [...this.#marks].toSorted(([one], [other]) => (one < other ? -1 : 1))
    return {
      keys: fingerprint(sorted.map(([key]) => key)),
      requests: fingerprint(sorted.map(([, mark]) => mark)),
      shared,
      job: job && { ask: job.ask, write: job.write },
    }
  }
}

/**
 * Parts of the contents that differ now, in words. Of a sample that may be another one, what is asked is told by the
 * job itself where its records are not the same.
 */
export function changedContents(then: PlanContents, now: PlanContents, exact: boolean): readonly string[] {
  const found: string[] = []
  const sameKeys = then.keys === now.keys
  if (exact && !sameKeys) found.push('other records would be sent now')
  if (sameKeys && then.requests !== now.requests)
    found.push('the prompts of the records read differently now')
  const asksOtherwise = then.job !== null && now.job !== null && then.job.ask !== now.job.ask
  if (!exact && !sameKeys && asksOtherwise) found.push('the job asks otherwise now')
  if (then.shared.schema !== now.shared.schema) found.push('the schema of the answers is another one now')
  if (then.shared.settings !== now.shared.settings)
    found.push('the parameters of the requests are other ones now (temperature, `parameters`, the endpoint)')
  if (then.job !== null && now.job !== null && then.job.write !== now.job.write)
    found.push('the job judges or writes answers otherwise now (output, check, score, set, sink)')
  return found
}
