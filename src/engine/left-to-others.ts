/**
 * The runs that this process leaves to others of its fleet for a while, because it lacks a package that they need. Each
 * time that it finds the package still missing it leaves the run alone for longer.
 */
export interface LeftToOthers {
  /** `now` is milliseconds since the epoch. */
  readonly leave: (runId: string, now: number) => void
  readonly isLeft: (runId: string, now: number) => boolean
}

const firstMs = 5_000
const longestMs = 600_000

export function leftToOthers(): LeftToOthers {
  const left = new Map<string, { readonly until: number; readonly forMs: number }>()
  return {
    leave(runId, now) {
      const forMs = Math.min((left.get(runId)?.forMs ?? firstMs / 2) * 2, longestMs)
      left.set(runId, { until: now + forMs, forMs })
    },
    isLeft: (runId, now) => now < (left.get(runId)?.until ?? now),
  }
}
