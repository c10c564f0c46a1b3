import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { json, serve, serveRaw } from '../../../../test/serve.ts'
import { temporaryFolder } from '../../../../test/cli/project.ts'
import { jsonList } from './framed-file.ts'
import { openHttp } from '../http.ts'
import { parseOrigin } from '../origin.ts'

function client(url: string): ReturnType<typeof openHttp> {
  const origin = parseOrigin(url, { allowed: true, setting: '' })
  return openHttp({ origin, authorize: async () => ({}) })
}

test('the lines of a file are sent as a JSON list, whatever their sizes', async () => {
  using folder = temporaryFolder()
  await using server = await serve((_request, response) => json(response, 200, { id: 'b' }))
  const path = join(folder.path, 'lines.jsonl')
  // Longer than the pieces that it is sent in, with line feeds at their edges.
  const lines = Array.from({ length: 5_000 }, (_, at) => ({ id: at, text: 'x\n'.repeat(at % 131) }))
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  await writeFile(path, text)
  const file = { path, bytes: Buffer.byteLength(text), filename: 'lines.jsonl' }
  const reply = await client(server.url).framed(
    { method: 'POST', path: '/batches' },
    jsonList(file, '{"requests":[', ']}'),
  )
  expect(reply).toMatchObject({ kind: 'answered', json: { id: 'b' } })
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ requests: lines })
})

test('a body that was cut off before its end is told apart from one whose answer was lost', async () => {
  using folder = temporaryFolder()
  await using server = await serveRaw((request) => request.socket.resetAndDestroy())
  const path = join(folder.path, 'large.jsonl')
  const text = `${JSON.stringify({ text: 'x'.repeat(40_000_000) })}\n`
  await writeFile(path, text)
  const file = { path, bytes: Buffer.byteLength(text), filename: 'large.jsonl' }
  const cut = await client(server.url).framed({ method: 'POST', path: '/b' }, jsonList(file, '[', ']'))
  expect(cut).toMatchObject({ kind: 'failed', whole: false })
})
