import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OwnServer, startOwnServer } from '../../../test/crash/server.ts'
import { serverPrograms } from '../../../test/support/postgres.ts'
import { type Authority, hasOpenssl, makeAuthority } from '../../../test/support/certificates.ts'
import { openDatabase } from './database.ts'
import { sql } from './sql.ts'

const programs = serverPrograms()

describe.skipIf(programs === null || !hasOpenssl)('a server with a certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'offpeak-tls-'))
  let server: OwnServer
  let authority: Authority

  /** Puts a file where the server, and nobody else, may read it. */
  function given(name: string, text: string, like: string): string {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    const { uid, gid } = statSync(like)
    chownSync(path, uid, gid)
    return path
  }
  async function configure(...settings: readonly string[]): Promise<void> {
    await using database = await openDatabase(`${server.url}?host=${await dataFolder()}`)
    await database.withConnection(async (connection) => {
      for (const setting of settings) await connection.exec(`alter system set ${setting}`)
      await connection.exec('select pg_reload_conf()')
      // A reload is taken by each session before its next statement, and by new ones at once.
      for (let tries = 0; tries < 100; tries += 1) {
        const [row] = await connection.query(sql`select pg_sleep(0.02), current_setting('ssl') as ssl`)
        if (row?.['ssl'] === 'on') return
      }
      throw new Error('the server did not read its settings again')
    })
  }
  async function dataFolder(): Promise<string> {
    await using database = await openDatabase(`${server.url}?sslmode=allow`)
    const [row] = await database.query(sql`select current_setting('data_directory') as path`)
    return String(row?.['path'])
  }
  /** Whether a connection by this URL is encrypted, or with which words it is refused. */
  async function isEncrypted(query: string): Promise<unknown> {
    try {
      await using database = await openDatabase(`${server.url}${query}`)
      const [row] = await database.query(sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`)
      return row?.['ssl']
    } catch (thrown) {
      return String(thrown)
    }
  }

  beforeAll(async () => {
    chmodSync(folder, 0o711)
    server = await startOwnServer(programs ?? '')
    authority = makeAuthority(folder)
    const { key, cert } = authority.sign(['localhost'])
    const data = await dataFolder()
    await configure(
      `ssl_cert_file = '${given('server.crt', cert, data)}'`,
      `ssl_key_file = '${given('server.key', key, data)}'`,
      'ssl = on',
    )
  }, 60_000)
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('is spoken to as sslmode says', async () => {
    expect(await isEncrypted('')).toBe(true)
    expect(await isEncrypted('?sslmode=disable')).toBe(false)
    expect(await isEncrypted('?sslmode=allow')).toBe(false)
    expect(await isEncrypted('?sslmode=prefer')).toBe(true)
    expect(await isEncrypted('?sslmode=require')).toBe(true)
    const root = `sslrootcert=${authority.path}`
    expect(await isEncrypted(`?sslmode=verify-ca&${root}`)).toBe(true)
    expect(await isEncrypted(`?sslmode=verify-full&${root}`)).toMatch(
      /way that sslmode asks for.*127\.0\.0\.1/,
    )
    expect(await isEncrypted('?sslmode=verify-full')).toMatch(/way that sslmode asks for/)
    const other = makeAuthority(mkdtempSync(join(folder, 'other-')))
    expect(await isEncrypted(`?sslmode=require&sslrootcert=${other.path}`)).toMatch(
      /way that sslmode asks for/,
    )
  })

  test('that takes only one kind of connection gets that one, where the mode leaves a choice', async () => {
    const rules = join(await dataFolder(), 'pg_hba.conf')
    const only = async (kind: string): Promise<void> => {
      writeFileSync(rules, `local all all trust\n${kind} all all 127.0.0.1/32 trust\n`)
      await using database = await openDatabase(`${server.url}?host=${join(rules, '..')}`)
      await database.query(sql`select pg_reload_conf()`)
    }
    await only('hostssl')
    await expect.poll(() => isEncrypted('?sslmode=disable')).toMatch(/28000: .*no encryption/)
    expect(await isEncrypted('?sslmode=allow')).toBe(true)
    await only('hostnossl')
    await expect.poll(() => isEncrypted('?sslmode=require')).toMatch(/28000/)
    expect(await isEncrypted('?sslmode=prefer')).toBe(false)
  })
})

test.skipIf(programs === null)(
  'a server without a certificate is reached all the same, unless it must have one',
  async () => {
    await using server = await startOwnServer(programs ?? '')
    const encrypted = async (query: string): Promise<unknown> => {
      await using database = await openDatabase(`${server.url}${query}`)
      const [row] = await database.query(sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`)
      return row?.['ssl']
    }
    expect(await encrypted('')).toBe(false)
    expect(await encrypted('?sslmode=prefer')).toBe(false)
    await expect(encrypted('?sslmode=require')).rejects.toMatchObject({
      code: 'E_DATABASE_REFUSED',
      message: expect.stringContaining('does not support SSL'),
    })
  },
  60_000,
)
