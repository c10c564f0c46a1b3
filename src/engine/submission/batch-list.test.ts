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

test('a list that was too long is walked again once it may be short, and not before', async () => {
  const mine = Array.from({ length: 20 }, (_, at) => `batch_${at}`)
  let others = 1_500
  let lists = 0
  await using server = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://server')
    const [, id] = /^\/v1\/batches\/(\w+)$/.exec(url.pathname) ?? []
    if (id !== undefined) return json(response, 200, batch(id, 'in_progress'))
    lists += 1
    const all = [...mine, ...Array.from({ length: others }, (_, at) => `other_${at}`)]
    const from = all.indexOf(url.searchParams.get('after') ?? '') + 1
    const data = all.slice(from, from + 100).map((name) => batch(name, 'in_progress'))
    json(response, 200, { object: 'list', data, has_more: from + 100 < all.length })
  })
  const provider = openaiProvider({ apiKey: 'sk-test-key-0001', baseUrl: `${server.url}/v1` })
  let now = 1_700_000_100_000
  const everyMs = 30_000
  const flow = {
    timings: { ...defaultTimings, pollEveryMs: everyMs },
    clock: { now: () => now, sleep: async () => {} },
  }
  const { signal } = new AbortController()
  const round = async (): Promise<void> => {
    for (const id of mine) await lookAtBatch(flow, provider, { id, madeAt: 1_700_000_000_000 }, signal)
    now += everyMs
  }
  await round()
  expect(lists, 'sixteen pages, for twenty batches').toBe(16)
  for (let rounds = 1; rounds < 20; rounds += 1) await round()
  expect(lists).toBe(16)
  others = 0
  await round()
  expect(lists).toBe(17)
  await round()
  expect(lists, 'one page for each round from here on').toBe(18)
})
