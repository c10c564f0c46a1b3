import { createServer } from 'node:net'
import { once } from 'node:events'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { runCli, serve } from './child.ts'
import { temporaryFolder } from './project.ts'

test('the emulator serves until Ctrl-C and says where it is in one object', async () => {
  using folder = temporaryFolder()
  await using served = await serve(folder.path, ['emulator', '--port', '0', '--json'])
  expect(served.first).toMatchObject({
    schema: 'offpeak.emulator/1',
    control: expect.stringContaining('/_emulator/'),
  })
  const client = new OpenAI({ apiKey: 'any', baseURL: String(served.first['openaiBaseUrl']) })
  expect((await client.batches.list()).data).toEqual([])
  const { exit, stderr } = await served.end('SIGINT')
  expect(exit).toBe(0)
  expect(stderr).toContain('0 batches')
})

test('a data directory keeps the batches for the next start', async () => {
  using folder = temporaryFolder()
  const argv = ['emulator', '--port', '0', '--json', '--data-dir', 'kept']
  const file = await (async (): Promise<string> => {
    await using first = await serve(folder.path, argv)
    const client = new OpenAI({ apiKey: 'any', baseURL: String(first.first['openaiBaseUrl']) })
    const { id } = await client.files.create({ file: new File(['{}\n'], 'a.jsonl'), purpose: 'batch' })
    await first.end('SIGTERM')
    return id
  })()
  await using second = await serve(folder.path, argv)
  const client = new OpenAI({ apiKey: 'any', baseURL: String(second.first['openaiBaseUrl']) })
  expect((await client.files.retrieve(file)).filename).toBe('a.jsonl')
})

test('a port that is taken is named with the way out', async () => {
  using folder = temporaryFolder()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { exit, stderr } = await runCli(folder.path, ['emulator', '--port', String(port)])
  other.close()
  expect(exit).toBe(1)
  expect(stderr).toContain(`Port ${port} is taken`)
  expect(stderr).toContain('--port')
})

test.each([
  [['--scenario', 'no-such-thing'], 'expire-partial'],
  [['--scenario', 'expire-all@0'], '@all'],
  [['--port', '70000'], '65535'],
  [['--fail-rate', '2'], 'from 0 to 1'],
])('an option that cannot work is refused with what can: %j', async (flags, hint) => {
  using folder = temporaryFolder()
  const { exit, stderr } = await runCli(folder.path, ['emulator', ...flags])
  expect(exit).toBe(2)
  expect(stderr).toContain(hint)
})
