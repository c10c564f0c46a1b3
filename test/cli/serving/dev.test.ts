import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { runCli, serve } from '../child.ts'
import { linesOf, temporaryFolder } from '../project.ts'

const anyPorts = ['--port', '0', '--emulator-port', '0', '--json'] as const
const started = z.object({ url: z.url(), link: z.url(), emulator: z.object({ url: z.url() }) })

test('dev serves the emulator and carries on what other commands start, until it is ended', async () => {
  using folder = temporaryFolder()
  await runCli(folder.path, ['init'])
  await using dev = await serve(folder.path, ['dev', ...anyPorts])
  expect(dev.first).toMatchObject({
    schema: 'offpeak.dev/2',
    emulator: { own: true },
    jobs: [{ name: 'headnotes', records: 50, problem: null }],
  })
  // The command only sends; the worker inside of dev merges.
  const { exit } = await runCli(folder.path, ['run', 'headnotes', '--yes', '--detach'])
  expect(exit).toBe(0)
  await expect
    .poll(async () => (await runCli(folder.path, ['status', 'headnotes', '--json'])).stdout, {
      timeout: 30_000,
      interval: 300,
    })
    .toContain('"state":"done"')
  expect(
    readFileSync(join(folder.path, '.offpeak/emulator/project/out/headnotes.jsonl'), 'utf8')
      .trimEnd()
      .split('\n'),
  ).toHaveLength(50)
  const ended = await dev.end('SIGTERM')
  expect(ended.exit).toBe(0)
})

test('records of a batch that expired half way are sent again with the rows that belong to them', async () => {
  using folder = temporaryFolder()
  await runCli(folder.path, ['init'])
  await using dev = await serve(folder.path, ['dev', ...anyPorts])
  const { emulator } = started.parse(dev.first)
  await fetch(`${emulator.url}/_emulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'batch', action: { type: 'scenario', name: 'expire-partial' } }),
  })
  const { exit, stdout } = await runCli(folder.path, ['run', 'headnotes', '--yes'])
  expect(stdout).toContain('50 of 50 records')
  expect(exit).toBe(0)
  // The line holds a field of the row, which is read from beside the file that was sent again.
  const courts = new Map(
    linesOf(join(folder.path, 'data/cases.jsonl'), z.object({ id: z.number(), court: z.string() })).map(
      ({ id, court }) => [String(id), court],
    ),
  )
  const written = linesOf(
    join(folder.path, '.offpeak/emulator/project/out/headnotes.jsonl'),
    z.object({ key: z.string(), court: z.string() }),
  )
  expect(written).toHaveLength(50)
  for (const { key, court } of written) expect(court).toBe(courts.get(key))
})

test('dev works in a folder without a project, and says that there is no job yet', async () => {
  using folder = temporaryFolder()
  await using dev = await serve(folder.path, ['dev', ...anyPorts])
  expect(dev.first).toMatchObject({ jobs: [] })
  expect((await dev.end('SIGINT')).exit).toBe(0)
})

test('dev serves the dashboard to who has the link, and ends while a stream is open', async () => {
  using folder = temporaryFolder()
  await runCli(folder.path, ['init'])
  await using dev = await serve(folder.path, ['dev', ...anyPorts])
  const { url, link } = started.parse(dev.first)
  const token = new URL(link).hash.replace('#token=', '')
  expect(link).toBe(`${url}/#token=${token}`)
  expect((await fetch(`${url}/api/v1/jobs`)).status).toBe(401)
  const login = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  expect(await login.json()).toMatchObject({ scope: 'admin', simulated: true, emulator: true })
  const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const stream = await fetch(`${url}/api/v1/events`, { headers: { cookie } })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  expect((await dev.end('SIGINT')).exit).toBe(0)
  await stream.body?.cancel().catch(() => undefined)
})

test('where the usual ports are taken, dev takes others', async () => {
  using folder = temporaryFolder()
  await using first = await serve(folder.path, ['dev', '--json'])
  using other = temporaryFolder()
  await using second = await serve(other.path, ['dev', '--json'])
  const urls = [first, second]
    .map((each) => started.parse(each.first))
    .flatMap(({ url, emulator }) => [url, emulator.url])
  expect(new Set(urls).size).toBe(4)
})

test.each([
  ['--port', '70000'],
  ['--emulator-port', '70000'],
])('dev refuses %s %s', async (flag, port) => {
  using folder = temporaryFolder()
  const { exit, stderr } = await runCli(folder.path, ['dev', flag, port])
  expect(exit).toBe(2)
  expect(stderr).toContain(`${flag} takes a number`)
})
