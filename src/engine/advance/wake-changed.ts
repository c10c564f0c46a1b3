import type { Flow } from '../flow.ts'

/** Has the runs looked at again that wait for a job which is not the one they began with: it may be so once more. */
export async function wakeChanged({ store, clock }: Pick<Flow, 'store' | 'clock'>): Promise<void> {
  for (const run of await store.runs({ live: true, limit: 1_000 })) {
    if (run.pauseKind !== 'changed') continue
    const now = clock.now()
    await store.changeRun(run.id, ['paused'], { nextAt: now })
    await store.wakeAttempts(run.id, now)
  }
}
