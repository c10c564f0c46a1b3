import type { RunRow } from '../../ports/state.ts'
import type { RetryRule } from '../../ports/store/requests.ts'
import type { RunSpec } from '../spec.ts'

/** By which rules a run sends again by itself; null: it does not any more. */
export function retryRule(run: RunRow, spec: RunSpec): RetryRule | null {
  if (run.liveKey === null || run.state === 'cancelling' || run.maySend === 'nothing') return null
  return ruleOf(run, spec)
}

/** By which rules a run would send again, whether it still does or not. */
export function ruleOf(run: RunRow, spec: RunSpec): RetryRule {
  const { fallback, maxTries } = spec
  // What the provider leaves unanswered stays so once the fallback has taken all that it may.
  const isUsedUp = fallback !== null && run.fallbackRows >= fallback.maxRows
  return { maxTries, ruled: isUsedUp ? 'others' : 'all', onlyChosen: run.maySend === 'chosen' }
}
