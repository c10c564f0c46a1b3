import type { Step } from '../step/step.ts'

/**
 * The reply to a paid call that is not given up as soon as the process is asked to end: its answer says whether it was
 * done, and is waited for `lastAnswerMs` more, but not as long as a service may take. `isCutOff` tells that it was
 * given up then.
 */
export async function untilLastAnswer<Reply>(
  { flow, lease }: Pick<Step, 'flow' | 'lease'>,
  call: (signal: AbortSignal) => Promise<Reply>,
): Promise<{ readonly reply: Reply; readonly isCutOff: boolean }> {
  const cut = new AbortController()
  const over = new AbortController()
  const wait = async (): Promise<void> => {
    await flow.clock.sleep(flow.timings.lastAnswerMs, over.signal)
    if (!over.signal.aborted) cut.abort()
  }
  if (lease.signal.aborted) void wait()
  else lease.signal.addEventListener('abort', () => void wait(), { once: true, signal: over.signal })
  try {
    return { reply: await call(cut.signal), isCutOff: cut.signal.aborted }
  } finally {
    over.abort()
  }
}
