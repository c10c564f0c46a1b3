import { Refusal, badRequest } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { isObject } from '../../../core/json.ts'
import type { OpenAiCall } from '../call.ts'

const handedOn: Readonly<Record<string, { readonly method: string; readonly path: string }>> = {
  'chat.completions': { method: 'POST', path: '/chat/completions' },
  responses: { method: 'POST', path: '/responses' },
  embeddings: { method: 'POST', path: '/embeddings' },
  'models.list': { method: 'GET', path: '/models' },
  'models.retrieve': { method: 'GET', path: '/models/' },
}

/** A call that the server behind answers itself, once; null: it is no such call. Throws a 502 where nobody answers. */
export async function handOn(call: OpenAiCall): Promise<Reply | null> {
  const { upstream } = call.state
  const way = handedOn[call.operation]
  if (upstream === null || way === undefined) return null
  const isPost = way.method === 'POST'
  const body = isPost ? parseBody(call.body) : undefined
  if (body?.['stream'] === true)
    throw badRequest('Answers are not streamed here: ask the server itself.', 'stream', 'unsupported_value')
  const path = isPost || call.id === '' ? way.path : `${way.path}${encodeURIComponent(call.id)}`
  try {
    const { status, body: answered } = await upstream.once(way.method, path, body)
    return jsonReply(status, isObject(answered) ? answered : { data: answered })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Refusal(502, { message: `The upstream server gave no answer: ${said}`, type: 'upstream_error' })
  }
}
