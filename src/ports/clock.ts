/** Time and chance, handed in so that decisions can be tested. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after about `delayMs`, or at once when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

export interface Random {
  /** `length` characters of `[0-9a-z]`, not guessable. */
  id(length: number): string
}
