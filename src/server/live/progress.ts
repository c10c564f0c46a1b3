import type { RunSummary } from '../contract/run.ts'
import { RunLister } from '../../engine/queries/runs.ts'
import type { Project } from '../../compose/project.ts'

const maxRemembered = 1_000

/** The runs whose standing has changed since it was last told. */
export class Progress {
  readonly #summaries: (runId: string | null) => Promise<readonly RunSummary[]>
  readonly #told = new Map<string, string>()
  /** Runs to which something has happened: also those that have ended by it. */
  readonly #happened = new Set<string>()

  constructor(summaries: (runId: string | null) => Promise<readonly RunSummary[]>) {
    this.#summaries = summaries
  }

  note(runId: string): void {
    this.#happened.add(runId)
  }

  /** Those of the watched runs (null: of all) that stand elsewhere than when they were told last. */
  async changed(watched: ReadonlySet<string | null>): Promise<readonly RunSummary[]> {
    const all = watched.has(null)
    const looked = new Map<string, RunSummary>()
    if (all) for (const each of await this.#summaries(null)) looked.set(each.run, each)
    const single = [...this.#happened, ...watched].filter((id) => id !== null && (all || watched.has(id)))
    this.#happened.clear()
    for (const id of new Set(single))
      if (id !== null && !looked.has(id)) for (const each of await this.#summaries(id)) looked.set(id, each)
    const changed: RunSummary[] = []
    if (this.#told.size > maxRemembered) this.#told.clear()
    for (const [id, summary] of looked) {
      const text = JSON.stringify(summary)
      const before = this.#told.get(id)
      this.#told.set(id, text)
      if (before !== text) changed.push(summary)
    }
    return changed
  }

  forget(): void {
    this.#told.clear()
    this.#happened.clear()
  }
}

const maxLive = 200

/** Where all runs stand that go on; with an id, where that run stands, whatever it does. */
export function summariesOf({
  flow,
  store,
}: Project): (runId: string | null) => Promise<readonly RunSummary[]> {
  const lister = new RunLister(flow)
  return async (runId) => {
    const one = runId === null ? null : await store.run(runId)
    const runs = runId === null ? await store.runs({ live: true, limit: maxLive }) : one === null ? [] : [one]
    return lister.summaries(runs)
  }
}
