import { z } from 'zod'
import { json, serve } from '../serve.ts'

const chatBody = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ content: z.string() })),
})

/** A server with a chat and an embeddings endpoint of OpenAI's shape and nothing else, as people run them themselves. */
export interface ChatServer extends AsyncDisposable {
  readonly url: string
  /** How often each prompt was asked. */
  readonly asked: ReadonlyMap<string, number>
  readonly bodies: readonly Readonly<Record<string, unknown>>[]
  readonly headers: readonly Readonly<Record<string, unknown>>[]
  /** The most calls that were here at the same time. */
  readonly mostAtOnce: number
  /** The paths that nobody answers here, and were called. */
  readonly unknownPaths: readonly string[]
  /** Resolves when so many calls came that are left waiting. */
  readonly waiting: (calls: number) => Promise<void>
  /** From now on all is answered, those that wait too. */
  readonly release: () => void
}

export interface ChatServerOptions {
  /** So many calls are answered before the others wait; all are when left out. */
  readonly answersBefore?: number
  /** In place of the answer: a status with its body, or nothing but a closed connection. Null: the answer. */
  readonly instead?: (
    prompt: string,
    asked: number,
  ) => { readonly status: number; readonly body: unknown } | 'cut' | null
  /** Whether usage is told; true when left out. */
  readonly tellsUsage?: boolean
  /** Lists batches, as a server does that has them. */
  readonly hasBatches?: boolean
}

export async function chatServer(options: ChatServerOptions = {}): Promise<ChatServer> {
  const { answersBefore = Infinity, instead = () => null, tellsUsage = true, hasBatches = false } = options
  const asked = new Map<string, number>()
  const bodies: Record<string, unknown>[] = []
  const headers: Record<string, unknown>[] = []
  const unknownPaths: string[] = []
  const held: (() => void)[] = []
  const watchers: { readonly calls: number; readonly done: () => void }[] = []
  let [calls, here, mostAtOnce, isReleased] = [0, 0, 0, false]
  const server = await serve((request, response, sent) => {
    const path = new URL(request.url ?? '/', 'http://server').pathname
    if (path === '/v1/models') return json(response, 200, { object: 'list', data: [{ id: 'llama3.2' }] })
    if (path === '/v1/batches' && hasBatches)
      return json(response, 200, { object: 'list', data: [], has_more: false })
    if (path === '/v1/embeddings') {
      const { input } = z.looseObject({ input: z.string() }).parse(JSON.parse(sent))
      asked.set(input, (asked.get(input) ?? 0) + 1)
      return json(response, 200, { data: [{ embedding: [0.25, input.length] }], usage: { prompt_tokens: 3 } })
    }
    if (path !== '/v1/chat/completions') {
      unknownPaths.push(`${request.method} ${path}`)
      return json(response, 404, { error: { message: `no ${path} here` } })
    }
    const body = chatBody.parse(JSON.parse(sent))
    const prompt = body.messages.at(-1)?.content ?? ''
    const times = (asked.get(prompt) ?? 0) + 1
    asked.set(prompt, times)
    bodies.push(body)
    headers.push({ ...request.headers })
    calls += 1
    here += 1
    mostAtOnce = Math.max(mostAtOnce, here)
    response.once('close', () => (here -= 1))
    const answer = (): void => {
      const other = instead(prompt, times)
      if (other === 'cut') return void response.socket?.destroy()
      if (other !== null) return json(response, other.status, other.body)
      const summary = JSON.stringify({ summary: `of ${prompt}` })
      return json(response, 200, {
        model: body.model,
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: summary } }],
        ...(tellsUsage && { usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 } }),
      })
    }
    if (isReleased || calls <= answersBefore) return void setTimeout(answer, 5)
    held.push(answer)
    for (const watcher of watchers) if (held.length >= watcher.calls) watcher.done()
  })
  return {
    url: `${server.url}/v1`,
    asked,
    bodies,
    headers,
    unknownPaths,
    get mostAtOnce() {
      return mostAtOnce
    },
    waiting: (wanted) =>
      new Promise((done) => {
        watchers.push({ calls: wanted, done })
        if (held.length >= wanted) done()
      }),
    release() {
      isReleased = true
      for (const answer of held.splice(0)) answer()
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
