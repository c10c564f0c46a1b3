import { join } from 'node:path'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { knownScenarios } from '../../../src/emulator/index.ts'
import { chatLines, readResults, submit, waitFor } from '../../emulator/emulator-kit.ts'
import { runCli, type Served, serve } from '../child.ts'
import { chatServer } from '../chat-server.ts'
import { notesProject, offpeakProcess, readJson } from '../notes-project.ts'
import { linesOf, temporaryFolder } from '../project.ts'

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

test('behind --upstream a server of your own answers batches, and a run of them is real and free', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer()
  const argv = ['emulator', '--port', '0', '--json', '--data-dir', 'kept', '--upstream', server.url]
  await using served = await serve(folder.path, [...argv, '--concurrency', '2'])
  await notesProject(folder.path, {
    model: `local({ baseUrl: '${String(served.first['openaiBaseUrl'])}', batches: true })('llama3.2')`,
    emulator: 'none',
    budget: null,
  })
  const ran = await offpeakProcess(folder.path, ['run', 'notes'])
  expect(ran.exit, ran.stderr).toBe(0)
  expect(ran.stdout).toContain('12 of 12 records')
  expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/simulated/i)
  expect(linesOf(join(folder.path, 'out.jsonl'), z.looseObject({ summary: z.string() }))).toHaveLength(12)
  expect([...server.asked.values()]).toEqual(Array(12).fill(1))
  expect(server.mostAtOnce).toBe(2)
  const status = z.object({ simulated: z.boolean(), batches: z.array(z.unknown()) })
  expect(readJson(status, await offpeakProcess(folder.path, ['status', 'notes', '--json']))).toMatchObject({
    simulated: false,
    batches: [expect.anything()],
  })
  await served.end('SIGTERM')
  const mixed = await runCli(folder.path, ['emulator', '--port', '0', '--data-dir', 'kept'])
  expect(mixed.exit).toBe(2)
  expect(mixed.stderr).toContain('--upstream')
})

test('behind --upstream a process that is killed loses no answer, and asks again only what was on the wire', async () => {
  using folder = temporaryFolder()
  const [lines, atOnce] = [40, 4]
  await using server = await chatServer({ answersBefore: 20 })
  const argv = ['emulator', '--port', '0', '--json', '--data-dir', 'kept', '--upstream', server.url]
  const start = async (): Promise<{ readonly served: Served; readonly client: OpenAI }> => {
    const served = await serve(folder.path, [...argv, '--concurrency', String(atOnce)])
    const baseURL = String(served.first['openaiBaseUrl'])
    return { served, client: new OpenAI({ apiKey: 'any', baseURL, maxRetries: 0 }) }
  }
  const repeated = (): number => [...server.asked.values()].reduce((sum, asked) => sum + asked - 1, 0)

  const first = await start()
  const { id } = await submit(first.client, chatLines(lines, { model: 'llama3.2' }))
  await server.waiting(atOnce)
  await first.served.end('SIGKILL')
  expect(first.served.child.signalCode).toBe('SIGKILL')
  expect([...server.asked.values()]).toEqual(Array(20 + atOnce).fill(1))

  server.release()
  const second = await start()
  // Somewhere in the midst of its answers, and of writing them down.
  while (server.asked.size < 32) await sleep(1)
  await second.served.end('SIGKILL')
  const before = repeated()

  const third = await start()
  const batch = await waitFor(third.client, id, ['completed'])
  expect(batch.request_counts).toEqual({ total: lines, completed: lines, failed: 0 })
  const results = await readResults(third.client, batch.output_file_id)
  expect(new Set(results.map(({ custom_id }) => custom_id)).size).toBe(lines)
  expect(results).toHaveLength(lines)
  expect(server.asked.size).toBe(lines)
  expect(before, 'what was on the wire at the first kill, and nothing else').toBe(atOnce)
  expect(repeated() - before, 'at most what was on the wire at the second').toBeLessThanOrEqual(atOnce)
  await third.served.end('SIGTERM')
})

test('what is only for invented answers is refused beside --upstream', async () => {
  using folder = temporaryFolder()
  const upstream = ['--upstream', 'http://127.0.0.1:1/v1']
  const given: readonly (readonly [readonly string[], RegExp])[] = [
    [
      [...upstream, '--speed', '100x', '--scenario', 'slow-day'],
      /--speed and --scenario are for invented answers/,
    ],
    [['--upstream', 'localhost'], /takes an address/],
    [['--concurrency', '4'], /about the server behind --upstream/],
    [[...upstream, '--upstream-key-env', 'OFFPEAK_TEST_NO_SUCH'], /OFFPEAK_TEST_NO_SUCH is not set/],
  ]
  for (const [argv, words] of given) {
    const { exit, stderr } = await runCli(folder.path, ['emulator', ...argv])
    expect(exit, argv.join(' ')).not.toBe(0)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(words)
  }
})
