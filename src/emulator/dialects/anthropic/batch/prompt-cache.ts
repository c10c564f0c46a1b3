import type { State } from '../../../core/state.ts'

/** Which request of a batch has written a beginning to the cache; those behind it read it. */
export interface PromptCache {
  isCached(digest: string, index: number): boolean
}

const caches = new WeakMap<State, Map<string, number>>()

/** By the place of the request, so that a batch that runs again after a crash is billed the same. */
export function cacheOf(state: State, batchId: string): PromptCache {
  const writers = caches.get(state) ?? new Map<string, number>()
  caches.set(state, writers)
  return {
    isCached: (digest, index) => {
      const key = `${batchId}/${digest}`
      const writer = writers.get(key)
      if (writer !== undefined && writer < index) return true
      writers.set(key, index)
      return false
    },
  }
}
