import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../../src/config/config.ts'
import { openReceiver } from '../../server/hooks/receiver.ts'
import { runCli, serve, type Served } from '../child.ts'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const anyPort = ['--port', '0', '--json'] as const
const served = z.object({ schema: z.literal('offpeak.serve/2'), url: z.url(), link: z.url().nullable() })
const addressOf = ({ first }: Served): z.infer<typeof served> => served.parse(first)

test('serve answers who has a key or the link, and carries runs, until it is ended', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const key = (await call(folder.path, 'keys', 'add', 'test')).stdout.trim()
  await using server = await serve(folder.path, ['serve', ...anyPort, '--log-format', 'json', '--print-link'])
  const { url, link } = addressOf(server)
  expect(link?.startsWith(`${url}/#token=`)).toBe(true)
  const jobs = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/api/v1/jobs`, { headers })
  expect((await jobs({})).status).toBe(401)
  expect(await (await jobs({ 'x-api-key': key })).json()).toMatchObject({ items: [{ name: 'notes' }] })
  expect((await jobs({ authorization: `Bearer ${key}` })).status).toBe(200)

  await runCli(folder.path, ['run', 'notes', '--yes', '--detach'])
  await expect
    .poll(async () => (await runCli(folder.path, ['status', 'notes', '--json'])).stdout, {
      timeout: 30_000,
      interval: 300,
    })
    .toContain('"state":"done"')
  // A key that was removed is refused at once, by a server that knew it.
  await call(folder.path, 'keys', 'rm', 'test')
  await expect.poll(async () => (await jobs({ 'x-api-key': key })).status, { timeout: 5_000 }).toBe(401)

  const { exit, stderr } = await server.end('SIGTERM')
  expect(exit).toBe(0)
  const entry = z.looseObject({ at: z.string(), level: z.string(), message: z.string() })
  const log = stderr
    .trim()
    .split('\n')
    .map((line) => entry.parse(JSON.parse(line)))
  expect(log.map(({ message }) => message)).toContain('GET /api/v1/jobs 200')
  // The secret may hold underscores itself.
  const secret = key.split('_').slice(3).join('_')
  expect(stderr).not.toContain(secret)
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true })
  for (const { parentPath, name } of files.filter((file) => file.isFile()))
    expect(readFileSync(join(parentPath, name)).includes(secret), name).toBe(false)
})

test('without a worker, the runs are left to others, and without the dashboard there is no link', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await using server = await serve(folder.path, ['serve', ...anyPort, '--no-worker', '--no-ui'], {
    OFFPEAK_API_KEY: 'by-value',
  })
  const { url, link } = addressOf(server)
  expect(link).toBeNull()
  const headers = { 'x-api-key': 'by-value' }
  expect((await fetch(`${url}/`, { headers: { ...headers, accept: 'text/html' } })).status).toBe(404)
  const { stdout } = await runCli(folder.path, ['build', 'notes', '--json'])
  const { run } = z.object({ run: z.string() }).parse(JSON.parse(stdout))
  const submitted = await fetch(`${url}/api/v1/runs/${run}/submit`, { method: 'POST', headers })
  expect(submitted.status).toBe(200)
  expect(await submitted.json()).toMatchObject({ run, state: 'running', counts: {} })
  expect((await runCli(folder.path, ['worker', '--once'])).exit).toBe(0)
})

test('another host than loopback needs a key, and is warned of', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const refused = await runCli(folder.path, ['serve', '--host', '0.0.0.0', '--port', '0'])
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('offpeak keys add')
  await using server = await serve(
    folder.path,
    ['serve', '--host', '0.0.0.0', ...anyPort, '--print-link', '--allow-host', 'offpeak.test'],
    { OFFPEAK_API_KEY: 'by-value' },
  )
  const { port } = new URL(addressOf(server).url)
  expect(addressOf(server).link).toContain(`http://127.0.0.1:${port}/`)
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  const { stderr } = await server.end('SIGINT')
  expect(stderr).toContain('without TLS')
})

test('a proxy is believed when it is named, and a key that can be guessed is warned of', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  for (const wrong of ['proxy.example', '0.0.0.0/0', '']) {
    const refused = await runCli(folder.path, ['serve', '--port', '0', '--trust-proxy', wrong])
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('is no address of a proxy') })
  }
  await using server = await serve(
    folder.path,
    ['serve', ...anyPort, '--allow-host', 'offpeak.test', '--trust-proxy', 'loopback'],
    { OFFPEAK_API_KEY: 'by-value' },
  )
  const { url } = addressOf(server)
  const login = async (headers: Record<string, string>): Promise<string | null> =>
    (
      await fetch(`${url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ key: 'by-value' }),
      })
    ).headers.get('set-cookie')
  expect(await login({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'offpeak.test' })).toMatch(
    /; Secure$/,
  )
  expect(await login({ 'x-forwarded-host': 'evil.test' })).toBeNull()
  const { stderr } = await server.end('SIGINT')
  expect(stderr).toContain('OFFPEAK_API_KEY has 8 characters, and can be guessed')
})

test('a port that is taken is named with the way out', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await using server = await serve(folder.path, ['serve', ...anyPort])
  const { port } = new URL(addressOf(server).url)
  const { exit, stderr } = await runCli(folder.path, ['serve', '--port', port])
  expect(exit).toBe(1)
  expect(stderr).toContain('E_PORT')
  expect(stderr).toContain('--port 0')
})

test('serve and worker tell the endpoints of the config, with links to the dashboard that they have', async () => {
  using folder = temporaryFolder()
  await using receiver = await openReceiver()
  await notesProject(folder.path, { config: `notify: [{ url: '${receiver.url}' }],` })
  {
    await using server = await serve(folder.path, ['serve', ...anyPort])
    await runCli(folder.path, ['run', 'notes', '--yes', '--detach'])
    const { notice } = await receiver.until('run.completed')
    expect(notice.data.link).toBe(`${addressOf(server).url}/runs/${notice.data.run}`)
    await server.end('SIGTERM')
  }
  await runCli(folder.path, ['run', 'notes', '--yes', '--detach', '--redo'])
  expect((await runCli(folder.path, ['worker', '--once'])).exit).toBe(0)
  const planned = await receiver.until('run.planned', 2)
  expect(planned.notice.data.link).toBeNull()
})

test('an endpoint that cannot be told ends the command before anything continues', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { config: "notify: [{ url: 'https://192.168.0.7/' }]," })
  const { exit, stderr } = await runCli(folder.path, ['worker', '--once'])
  expect(exit).toBe(2)
  expect(stderr).toContain('allowPrivate')
})

test('prints no secret where there is no terminal, and none in logs of JSON', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  for (const words of [['--json'], ['--json', '--log-format', 'json']]) {
    await using server = await serve(folder.path, ['serve', '--port', '0', ...words])
    expect(server.first['link']).toBeNull()
    const { stdout, stderr } = await server.end('SIGTERM')
    expect(stdout + stderr).not.toContain('token=')
  }
})

test('what is the server’s own follows state and files that are elsewhere, and the project is only read', async () => {
  using folder = temporaryFolder()
  using elsewhere = temporaryFolder()
  await notesProject(folder.path)
  const own = async (config: string): Promise<string> => {
    await write(folder.path, { 'offpeak.config.ts': `export default { ${config} }` })
    return (await loadConfig({ cwd: folder.path, configFile: null, envFile: null, modules: {} })).ownDir
  }
  expect(await own('')).toBe(join(folder.path, '.offpeak'))
  expect(await own("state: 'mine.db'")).toBe(join(folder.path, '.offpeak'))
  expect(await own(`state: '${elsewhere.path}/s.db'`)).toBe(join(elsewhere.path, '.offpeak'))
  expect(await own(`state: 'postgres://h/d', files: '${elsewhere.path}/f'`)).toBe(
    join(elsewhere.path, 'f/.offpeak'),
  )
  await write(folder.path, { 'offpeak.config.ts': `export default { state: '${elsewhere.path}/s.db' }` })
  await using server = await serve(folder.path, ['serve', '--port', '0', '--json'])
  expect(server.first['link']).toBeNull()
  expect(existsSync(join(elsewhere.path, '.offpeak/server.secret'))).toBe(true)
  expect(existsSync(join(folder.path, '.offpeak/server.secret'))).toBe(false)
})
