import { expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import { openaiProvider } from '../../providers/openai/openai.ts'
import { defaultTimings } from '../flow.ts'
import { lookAtBatch } from './batch-list.ts'

function batch(id: string, status: string): object {
  return { id, object: 'batch', status, created_at: 1_700_000_000, input_file_id: `file-${id}` }
}

test('many batches of an account are asked after by pages of its list, and their ends by their ids', async () => {
  const ids = Array.from({ length: 30 }, (_, at) => `batch_${at}`)
  let isListRefused = false
  await using server = await serve((request, response) => {
    const [, id] = /^\/v1\/batches\/(\w+)$/.exec(request.url ?? '') ?? []
    const state = (name: string): string => (name === 'batch_7' ? 'completed' : 'in_progress')
    if (id !== undefined) return json(response, 200, batch(id, state(id)))
    if (isListRefused) return json(response, 503, { error: { message: 'overloaded' } })
    // What was made a moment ago is not in the list yet.
    const listed = ids.filter((name) => name !== 'batch_3').map((name) => batch(name, state(name)))
    json(response, 200, { object: 'list', data: listed, has_more: false })
  })
  const provider = openaiProvider({ apiKey: 'sk-test-key-0001', baseUrl: `${server.url}/v1` })
  let now = 1_700_000_100_000
  const flow = {
    timings: { ...defaultTimings, pollEveryMs: 30_000 },
    clock: { now: () => now, sleep: async () => {} },
  }
  const { signal } = new AbortController()
  const look = (id: string): ReturnType<typeof lookAtBatch> =>
    lookAtBatch(flow, provider, { id, madeAt: now - 60_000 }, signal)
  for (const id of ids.slice(10, 20)) await look(id)
  expect(server.seen).toHaveLength(10)

  const replies = await Promise.all(ids.map(look))
  expect(replies.map((reply) => reply.kind === 'accepted' && [reply.value.id, reply.value.state])).toEqual(
    ids.map((id) => [id, id === 'batch_7' ? 'completed' : 'in_progress']),
  )
  expect(
    server.seen
      .slice(9)
      .map(({ url }) => url.replace(/\?.*/, ''))
      .toSorted(),
  ).toEqual(['/v1/batches', '/v1/batches/batch_3', '/v1/batches/batch_7'])

  // An old list would say for ever that a batch is at work.
  isListRefused = true
  now += 60_000
  await look('batch_5')
  expect(server.seen.slice(-2).map(({ url }) => url.replace(/\?.*/, ''))).toEqual([
    '/v1/batches',
    '/v1/batches/batch_5',
  ])
})
