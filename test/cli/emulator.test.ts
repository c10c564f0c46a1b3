import { createServer } from 'node:net'
import { once } from 'node:events'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { knownScenarios } from '../../src/emulator/index.ts'
import { runCli, serve } from './child.ts'
import { temporaryFolder } from './project.ts'

test('the emulator serves until Ctrl-C and says where it is in one object', async () => {
  using folder = temporaryFolder()
  await using served = await serve(folder.path, ['emulator', '--port', '0', '--json'])
  expect(served.first).toMatchObject({
    schema: 'offpeak.emulator/2',
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

test('the scenarios are listed with what happens and with their options, as text and as JSON', async () => {
  using folder = temporaryFolder()
  const { exit, stdout } = await runCli(folder.path, ['emulator', '--scenarios'])
  expect(exit).toBe(0)
  for (const { name, options } of knownScenarios) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    for (const option of options) expect(stdout).toContain(`${option.name}=`)
  }
  const { stdout: json } = await runCli(folder.path, ['emulator', '--scenarios', '--json'])
  expect(JSON.parse(json)).toEqual({ schema: 'offpeak.scenarios/2', scenarios: knownScenarios })
})

test('scenarios and deployments are taken from the command line', async () => {
  using folder = temporaryFolder()
  await using served = await serve(folder.path, [
    'emulator',
    '--json',
    '--port=0',
    '--scenario=refused-list',
    '--scenario=gone@2',
    '--deployment=your-deployment-name=gpt-4.1',
  ])
  const client = new OpenAI({ apiKey: 'any', baseURL: String(served.first['openaiBaseUrl']), maxRetries: 0 })
  await expect(client.batches.list()).rejects.toMatchObject({ status: 405 })
  const state = await (await fetch(`${String(served.first['control'])}state`)).json()
  expect(state).toMatchObject({
    deployments: { 'your-deployment-name': 'gpt-4.1' },
    faults: [
      { rule: { action: { name: 'refused-list', status: '405' } }, fired: 1 },
      { rule: { nth: 2, action: { name: 'gone' } }, fired: 0 },
    ],
  })
})

test.each([
  [['--scenario', 'no-such-thing'], 'expire-partial'],
  [['--scenario', 'expire-all@0'], '@all'],
  [['--scenario', 'missing-lines:evry=2'], 'Known: every, counts.'],
  [['--deployment', 'your-deployment-name'], 'name=model'],
  [['--port', '70000'], '65535'],
  [['--fail-rate', '2'], 'from 0 to 1'],
])('an option that cannot work is refused with what can: %j', async (flags, hint) => {
  using folder = temporaryFolder()
  const { exit, stderr } = await runCli(folder.path, ['emulator', ...flags])
  expect(exit).toBe(2)
  expect(stderr).toContain(hint)
})
