import type { Step } from '../step/step.ts'

/** A signal for a call that is not given up as soon as the process is asked to end. */
export interface LastAnswer extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Follows the lease's signal after `lastAnswerMs`: the answer to a paid call that is on its way says whether it was done,
 * and is worth waiting for, but not as long as a service may take.
 */
export function lastAnswer({ flow, lease }: Pick<Step, 'flow' | 'lease'>): LastAnswer {
  const controller = new AbortController()
  const over = new AbortController()
  const wait = (): void => {
    void flow.clock.sleep(flow.timings.lastAnswerMs, over.signal).then(() => {
      if (!over.signal.aborted) controller.abort()
    })
  }
  if (lease.signal.aborted) wait()
  else lease.signal.addEventListener('abort', wait, { once: true, signal: over.signal })
  return { signal: controller.signal, [Symbol.dispose]: () => over.abort() }
}
