import type { AtProvider } from '../engine/queries/at-provider.ts'
import type { Project } from '../compose/project.ts'

/** A provider is asked about a run no more often than this, however many pages look on; the config may say otherwise. */
const askEveryMs = 10_000
const maxRemembered = 500

interface Look {
  readonly at: number
  readonly seen: Promise<AtProvider | null>
}

const looksOf = new WeakMap<Project, Map<string, Look>>()

/**
 * The provider's account of a run that no process continues, asked a moment ago or now; null: some process continues
 * it.
 */
export async function lookAtProvider(offpeak: Project, runId: string): Promise<AtProvider | null> {
  const looks = looksOf.get(offpeak) ?? new Map<string, Look>()
  looksOf.set(offpeak, looks)
  const now = offpeak.flow.clock.now()
  const known = looks.get(runId)
  const everyMs = offpeak.config.timings.pollEveryMs ?? askEveryMs
  if (known && now - known.at < everyMs && (await known.seen) !== null) return known.seen
  if (looks.size >= maxRemembered) looks.clear()
  const seen = offpeak.atProvider(runId)
  looks.set(runId, { at: now, seen })
  // A look that failed is no answer for the next one.
  seen.catch(() => looks.delete(runId))
  return seen
}
