import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { serverAccount } from '../support/postgres.ts'

/** A PostgreSQL server that a test may kill: nobody else uses it. */
export interface OwnServer extends AsyncDisposable {
  readonly url: string
  /** Ends it as a failing machine would, in the middle of everything, and starts it again. */
  readonly crashAndRestart: () => Promise<void>
  /** The same, with so many milliseconds in between. */
  readonly stopFor: (downMs: number) => Promise<void>
  /** The same, with something done in between. */
  readonly whileStopped: (act: () => Promise<void>) => Promise<void>
}

export async function startOwnServer(programs: string): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'offpeak-own-pg-'))
  const account = process.getuid?.() === 0 ? serverAccount() : null
  if (account) chownSync(folder, account.uid, account.gid)
  chmodSync(folder, 0o700)
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '--locale=C', '-E', 'UTF8'],
    { ...account, encoding: 'utf8', cwd: '/' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(
      join(programs, 'postgres'),
      ['-D', folder, '-p', String(port), '-k', folder, '-h', '127.0.0.1'],
      { ...account, cwd: '/', stdio: 'ignore' },
    )
    for (let tries = 0; tries < 400; tries += 1) {
      if (await answers(url)) return child
      await sleep(50)
    }
    throw new Error('the server does not answer')
  }
  let running = await start()
  const stop = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    running.once('close', () => resolve())
    // The signal of `pg_ctl stop -m immediate`.
    running.kill('SIGQUIT')
    await promise
  }
  return {
    url,
    async crashAndRestart() {
      await stop()
      running = await start()
    },
    async stopFor(downMs) {
      await stop()
      await sleep(downMs)
      running = await start()
    },
    async whileStopped(act) {
      await stop()
      try {
        await act()
      } finally {
        running = await start()
      }
    },
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise<void>((done) => void server.close(() => done()))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
