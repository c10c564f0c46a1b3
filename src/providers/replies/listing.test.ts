import { expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import { compatibleProvider } from '../compatible/compatible.ts'
import { openaiProvider } from '../openai/openai.ts'

interface Made {
  readonly id: string
  readonly created_at: number | null
}
const batches = (count: number, newest = 10_000): readonly Made[] =>
  Array.from({ length: count }, (_item, index) => ({ id: `batch_${index}`, created_at: newest - index }))

/** Serves a list as OpenAI does: `after`, `limit`, `has_more`. */
function pageOf(
  all: readonly Made[],
  url: string,
): { object: 'list'; data: readonly Made[]; has_more: boolean } {
  const query = new URL(url, 'http://x').searchParams
  const after = query.get('after')
  const start = after === null ? 0 : all.findIndex((item) => item.id === after) + 1
  const end = start + Number(query.get('limit') ?? 20)
  return { object: 'list', data: all.slice(start, end), has_more: end < all.length }
}

async function idsSince(
  answer: (url: string) => unknown,
  sinceMs: number,
): Promise<{ readonly ids: unknown; readonly calls: number }> {
  await using server = await serve((request, response) => json(response, 200, answer(request.url ?? '')))
  const reply = await openaiProvider({ apiKey: 'sk-test', baseUrl: `${server.url}/v1` }).batches(sinceMs)
  const ids =
    reply.kind === 'accepted' ? reply.value.map((batch) => batch.id) : `${reply.kind}: ${reply.message}`
  return { ids, calls: server.seen.length }
}

test('the list is walked page by page back to the moment asked for, and not further', async () => {
  const all = batches(1_000)
  const { ids, calls } = await idsSince((url) => pageOf(all, url), (10_000 - 149) * 1_000)
  expect(ids).toEqual(all.slice(0, 150).map((item) => item.id))
  expect(calls).toBe(2)
})

test('a batch of the same second as the moment asked for is in the list', async () => {
  const { ids } = await idsSince((url) => pageOf(batches(3), url), 9_999_999)
  expect(ids).toEqual(['batch_0', 'batch_1'])
})

test('a list that runs from old to new is walked to its end', async () => {
  const all = batches(250).toReversed()
  const { ids, calls } = await idsSince((url) => pageOf(all, url), 9_998_000)
  expect(ids).toEqual(['batch_0', 'batch_1', 'batch_2'])
  expect(calls).toBe(3)
})

test('a batch without a time is kept, because it may be the one', async () => {
  const { ids } = await idsSince(
    () => ({
      value: [
        { id: 'a', created_at: null },
        { id: 'b', created_at: 1 },
      ],
    }),
    5_000,
  )
  expect(ids).toEqual(['a'])
})

test('a server without `after` gives what it has, unless it says that there is more', async () => {
  const all = batches(100)
  expect((await idsSince(() => all, 0)).ids).toHaveLength(100)
  expect((await idsSince(() => ({ data: all, has_more: true }), 0)).ids).toMatch(
    /^refused: the list does not continue/,
  )
})

test('a list without end is refused rather than cut', async () => {
  let page = 0
  const endless = (): unknown => {
    page += 1
    return { data: [{ id: `batch_${page}`, created_at: 10_000 }], has_more: true }
  }
  const { ids, calls } = await idsSince(endless, 0)
  expect(ids).toMatch(/^refused: the list does not end/)
  expect(calls).toBe(200)
})

test('a failing page fails the whole list', async () => {
  await using server = await serve((request, response) => {
    if (request.url?.includes('after=') === true)
      json(response, 503, { error: { message: 'overloaded' } }, { 'retry-after': '3' })
    else json(response, 200, pageOf(batches(500), request.url ?? ''))
  })
  const reply = await openaiProvider({ apiKey: 'sk-test', baseUrl: `${server.url}/v1` }).batches(0)
  expect(reply).toMatchObject({ kind: 'refused', cause: 'away', status: 503, retryAfterMs: 3_000 })
})

test('uploads are found by how their name begins, newest first', async () => {
  const files = [
    { id: 'file-1', filename: 'a.jsonl', bytes: 1, created_at: 5 },
    { id: 'file-2', filename: 'b-a.jsonl', bytes: 1, created_at: 6 },
    { id: 'file-3', filename: 'a-2.jsonl', bytes: 2, created_at: 7 },
  ]
  await using server = await serve((_request, response) =>
    json(response, 200, { data: files, has_more: false }),
  )
  const reply = await compatibleProvider({ baseUrl: `${server.url}/v1` }).findStaged('a')
  expect(reply).toMatchObject({ kind: 'accepted', value: [{ id: 'file-3' }, { id: 'file-1' }] })
  expect(server.seen[0]?.url).toBe('/v1/files?purpose=batch&order=desc&limit=100')
})
