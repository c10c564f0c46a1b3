/** The timeout of a test that waits for its turn: how long its work may take is bounded by whoever gives out the turns. */
export const untimed = 0

/** Lets so many pieces of work go on at once; the others wait for their turn. Rejects work that takes longer than `mostMs`. */
export function limiter(
  most: number,
  mostMs = 300_000,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve))
    running += 1
    const { promise: tooLong, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`not done ${mostMs} ms after its turn came`)), mostMs)
    try {
      return await Promise.race([work(), tooLong])
    } finally {
      clearTimeout(timer)
      running -= 1
      waiting.shift()?.()
    }
  }
}
