import { benchKey } from './served.ts'

export interface Streamed {
  readonly streams: number
  /** How long after the act each stream had heard of it, at the 99th percentile over all acts and streams. */
  readonly p99Ms: number
  readonly heard: number
  readonly wanted: number
}

/** Opens many event streams, does something that they are told of, several times, and measures how late they hear. */
export async function streams(
  url: string,
  count: number,
  acts: readonly (() => Promise<void>)[],
  kinds: readonly string[],
): Promise<Streamed> {
  const stop = new AbortController()
  const heard: { readonly kind: string; readonly atMs: number }[] = []
  const open = await Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await fetch(`${url}/api/v1/events`, {
        headers: { 'x-api-key': benchKey, accept: 'text/event-stream' },
        signal: stop.signal,
      })
      if (!answer.ok || !answer.body) throw new Error(`an event stream was refused: ${answer.status}`)
      return answer.body
    }),
  )
  const reading = open.map(async (body) => {
    const decoder = new TextDecoder()
    try {
      for await (const piece of body) {
        const text = decoder.decode(piece, { stream: true })
        for (const kind of kinds)
          for (
            let at = text.indexOf(`"kind":"${kind}"`);
            at >= 0;
            at = text.indexOf(`"kind":"${kind}"`, at + 1)
          )
            heard.push({ kind, atMs: performance.now() })
      }
    } catch {
      // It is ended from here when all is measured.
    }
  })
  const delays: number[] = []
  for (const [index, act] of acts.entries()) {
    const before = heard.length
    const sinceMs = performance.now()
    await act()
    for (let waited = 0; heard.length < before + count && waited < 5_000; waited += 20) await pause(20)
    for (const { kind, atMs } of heard.slice(before)) if (kind === kinds[index]) delays.push(atMs - sinceMs)
  }
  stop.abort()
  await Promise.all(reading)
  const sorted = delays.toSorted((one, other) => one - other)
  return {
    streams: count,
    p99Ms: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Infinity,
    heard: delays.length,
    wanted: count * acts.length,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
