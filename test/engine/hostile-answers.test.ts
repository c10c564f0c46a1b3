import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../src/emulator/index.ts'
import { call, jsonOf, linesOf, providerProject, temporaryFolder } from '../cli/project.ts'
import { serve } from '../serve.ts'

const status = z.object({
  batches: z.array(z.object({ wait: z.object({ for: z.string(), message: z.string() }).nullable() })),
})
const megabyte = Buffer.alloc(1_000_000, 'x')

/** Sends for as long as somebody takes it. */
function sendForEver(response: ServerResponse, sent: { bytes: number }): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  const more = (): void => {
    if (response.destroyed) return
    sent.bytes += megabyte.length
    if (response.write(megabyte)) setImmediate(more)
    else response.once('drain', more)
  }
  more()
}

test('a file that never ends is given up at what the batch can hold, told in words, and fetched when it is in order', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  let isEndless = true
  const sent = { bytes: 0 }
  const forward = async (request: IncomingMessage, response: ServerResponse, body: string): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request
    const { authorization = '', 'content-type': type = 'application/json' } = headers
    const answer = await fetch(new URL(url, emulator.openaiBaseUrl), {
      method,
      headers: { authorization, 'content-type': type },
      ...(body === '' ? {} : { body }),
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  }
  await using server = await serve((request, response, body) => {
    if (isEndless && /\/files\/[^/]+\/content$/.test(request.url ?? '')) return sendForEver(response, sent)
    void forward(request, response, body)
  })
  await providerProject(folder.path, { openaiBaseUrl: `${server.url}/v1` })
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(4)
  const { batches } = status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))
  expect(batches[0]?.wait).toMatchObject({ for: 'download' })
  expect(batches[0]?.wait?.message).toContain('larger than the 16777216 bytes that are allowed')
  expect(readdirSync(join(folder.path, '.offpeak/files')).filter((name) => name.includes('.part'))).toEqual(
    [],
  )
  expect(sent.bytes).toBeGreaterThan(16_000_000)

  isEndless = false
  expect((await call(folder.path, 'resume', 'notes')).exit).toBe(0)
  expect(linesOf(join(folder.path, 'out.jsonl'), z.looseObject({}))).toHaveLength(10)
  expect(emulator.bill().requests).toBe(10)
}, 60_000)

test('megabytes of brackets are a problem of their line and take little more memory than the line', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'answers.jsonl')
  const content = (text: string): string =>
    JSON.stringify({
      custom_id: 'abcdefghijklmnop-0',
      response: { status_code: 200, body: { choices: [{ message: { content: text } }] } },
    })
  const brackets = '['.repeat(4_000_000)
  writeFileSync(file, `${brackets}\n${'{"a":'.repeat(800_000)}\n${content(brackets)}\n`)
  const script = `
    import { lineGroups } from ${modulePath('../../src/engine/files/file-lines.ts')}
    import { AnswerReader } from ${modulePath('../../src/engine/answers/batch-lines.ts')}
    import { readAnswer } from ${modulePath('../../src/planning/answers/read-answer.ts')}
    import { readLine } from ${modulePath('../../src/providers/openai/openai-answer.ts')}
    import { peakMemoryBytes } from ${modulePath('../support/peak-memory.ts')}
    const before = peakMemoryBytes()
    const reader = new AnswerReader({ line: readLine }, 'abcdefghijklmnop')
    const told = []
    for await (const lines of lineGroups(${JSON.stringify(file)}))
      for (const line of lines) {
        const { found } = reader.read(line)
        const output = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
        told.push(found.reason ?? readAnswer({ text: found.answer.text, cut: false, output, decode: null, check: null, row: null }).reason)
      }
    console.log(JSON.stringify({ told, grownMb: (peakMemoryBytes() - before) / 2 ** 20 }))`
  const { told, grownMb } = z.object({ told: z.array(z.string()), grownMb: z.number() }).parse(
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
        encoding: 'utf8',
      }),
    ),
  )
  expect(told).toEqual([
    'it is nested more than 512 deep',
    'it is nested more than 512 deep',
    'no JSON: it is nested more than 512 deep',
  ])
  expect(grownMb).toBeLessThan(80)
})

function modulePath(path: string): string {
  return JSON.stringify(new URL(path, import.meta.url).href)
}
