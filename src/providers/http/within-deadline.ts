/**
 * The value of a callback that belongs to others, who may never give it. Throws what it throws, or an error that says that
 * nothing came in time or that we have stopped; what it gives later is nobody's.
 */
export async function withinDeadline<Value>(
  ask: () => Promise<Value>,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  const timer = setTimeout(
    () => reject(new Error(`the token callback gave none within ${deadlineMs} ms`)),
    deadlineMs,
  )
  const stop = (): void => reject(new Error('stopped by us'))
  signal?.addEventListener('abort', stop)
  if (signal?.aborted === true) stop()
  else Promise.resolve().then(ask).then(resolve, reject)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
