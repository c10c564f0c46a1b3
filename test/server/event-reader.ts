import { setTimeout as sleep } from 'node:timers/promises'
import { type StreamMessage, streamMessage } from '../../src/server/contract/event.ts'

/** An event stream that is being read. */
export interface Reading extends AsyncDisposable {
  readonly status: number
  /** What came so far; comments are left out. */
  readonly messages: readonly { readonly id: string | null; readonly message: StreamMessage }[]
  readonly comments: readonly string[]
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>
  readonly until: (isThere: (messages: Reading['messages']) => boolean) => Promise<void>
}

/** Opens an event stream; every message must be as the contract says. */
export async function readEvents(
  url: string,
  path: string,
  key: string,
  lastEventId: string | null = null,
  /** In place of the key. */
  session: Readonly<Record<string, string>> | null = null,
): Promise<Reading> {
  const stop = new AbortController()
  const answer = await fetch(`${url}${path}`, {
    headers: {
      ...(session ?? { 'x-api-key': key }),
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
    signal: stop.signal,
  })
  const messages: { id: string | null; message: StreamMessage }[] = []
  const comments: string[] = []
  const take = (block: string): void => {
    const field = (name: string): string | null =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2) ?? null
    const data = field('data')
    if (data === null) comments.push(block)
    else messages.push({ id: field('id'), message: streamMessage.parse(JSON.parse(data)) })
  }
  const ended = (async () => {
    let rest = ''
    const decoder = new TextDecoder()
    try {
      for await (const piece of answer.body ?? []) {
        const blocks = (rest + decoder.decode(piece, { stream: true })).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) take(block)
      }
    } catch (thrown) {
      if (!stop.signal.aborted) throw thrown
    }
  })()
  return {
    status: answer.status,
    messages,
    comments,
    ended,
    async until(isThere) {
      for (let waited = 0; !isThere(messages); waited += 20) {
        if (waited > 10_000) throw new Error(`not told: ${JSON.stringify(messages).slice(0, 2_000)}`)
        await sleep(20)
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}
