/** Options that end a call of the AWS SDK after `ms` milliseconds, or when we stop. */
export function deadline(ms: number, signal: AbortSignal | undefined): { abortSignal: AbortSignal } {
  const late = AbortSignal.timeout(ms)
  return { abortSignal: signal === undefined ? late : AbortSignal.any([signal, late]) }
}
