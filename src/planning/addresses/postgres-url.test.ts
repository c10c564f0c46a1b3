import { describe, expect, test } from 'vitest'
import { OffpeakError } from '../../domain/errors.ts'
import { postgresAddress, readPostgresUrl, type TlsFiles, withUsualTls } from './postgres-url.ts'

const noFiles: TlsFiles = { read: () => null, readDefault: () => null }
const files: TlsFiles = {
  read: (path) => (path === 'ca.pem' || path === 'me.key' ? `text of ${path}` : null),
  readDefault: (name) => (name === 'root.crt' ? 'the default root' : null),
}
const base = 'postgres://me:secret@db.example:5432/cases'

function fault(url: string, given: TlsFiles = noFiles): OffpeakError {
  try {
    postgresAddress(url, 'prefer', given)
  } catch (thrown) {
    if (thrown instanceof OffpeakError) return thrown
  }
  throw new Error(`${url} was taken`)
}

describe('the URL of a PostgreSQL server', () => {
  test.for([
    ['', ['encrypted', 'plain']],
    ['?sslmode=disable', ['plain']],
    ['?sslmode=allow', ['plain', 'encrypted']],
    ['?sslmode=prefer', ['encrypted', 'plain']],
    ['?sslmode=require', ['encrypted']],
    ['?sslmode=require&sslrootcert=ca.pem', ['verified']],
    ['?sslmode=verify-ca&sslrootcert=ca.pem', ['verified']],
    ['?sslmode=verify-full&sslrootcert=ca.pem', ['verified with its host']],
    ['?sslmode=verify-full&sslrootcert=system', ['verified with its host']],
    ['?sslrootcert=system', ['verified with its host']],
    ['?sslmode=no-verify', ['encrypted']],
    ['?ssl=true', ['encrypted']],
    ['?ssl=0', ['plain']],
    ['?host=/var/run/postgresql&sslmode=require', ['plain']],
  ] as const)('with %o is tried %o', ([query, tried]) => {
    const { tries } = postgresAddress(`${base}${query}`, 'prefer', {
      ...noFiles,
      read: files.read,
    })
    expect(
      tries.map((tls) =>
        tls === false
          ? 'plain'
          : !tls.rejectUnauthorized
            ? 'encrypted'
            : tls.checkServerIdentity === undefined
              ? 'verified with its host'
              : 'verified',
      ),
    ).toEqual(tried)
  })

  test('takes a root certificate from where psql keeps it, and keeps what is not about TLS', () => {
    expect(postgresAddress(`${base}?sslmode=verify-full&application_name=a%20b`, 'prefer', files)).toEqual({
      url: `${base}?application_name=a%20b`,
      tries: [{ ca: 'the default root', rejectUnauthorized: true }],
    })
    const own = `${base}?sslmode=require&sslcert=ca.pem&sslkey=me.key&sslpassword=x`
    expect(postgresAddress(own, 'prefer', { ...files, readDefault: () => null })).toEqual({
      url: base,
      tries: [{ cert: 'text of ca.pem', key: 'text of me.key', passphrase: 'x', rejectUnauthorized: false }],
    })
  })

  test('takes from the environment what it does not say itself', () => {
    const variables: Readonly<Record<string, string>> = { PGSSLMODE: 'verify-ca', PGSSLROOTCERT: '/a b.pem' }
    const usual = (url: string): string => withUsualTls(url, (name) => variables[name] ?? null)
    expect(usual(base)).toBe(`${base}?sslmode=verify-ca&sslrootcert=%2Fa%20b.pem`)
    expect(usual(`${base}?application_name=x`)).toMatch(/\?application_name=x&sslmode=verify-ca/)
    for (const url of [`${base}?sslmode=disable`, `${base}?ssl=true`, 'pglite:memory'])
      expect(usual(url)).toBe(url)
  })

  test('is refused in words where its TLS cannot be as asked', () => {
    expect(fault(`${base}?sslmode=always`).message).toContain('sslmode=always')
    expect(fault(`${base}?sslmode=verify-ca`).fix).toContain('sslrootcert')
    expect(fault(`${base}?sslmode=require&sslrootcert=system`).fix).toContain('verify-full')
    expect(fault(`${base}?sslmode=verify-full&sslrootcert=gone.pem`).message).toContain('gone.pem')
  })

  test.for([
    'postgres://me:p@ss:w/rd@db.example/cases',
    'postgres://me:12#c@db.example/cases',
    'postgres://me:12?c@db.example/cases',
    'postgres://me:a%ffb@db.example/cases',
    'postgres://me:1/2@db.example/cases',
  ])('%o is not taken for another one: the hint is to encode the password, which is not shown', (url) => {
    expect(readPostgresUrl(url)).toBeNull()
    const { message, fix } = fault(url)
    expect(message).toContain('cannot be read')
    expect(fix).toContain('# is %23')
    expect(message).not.toMatch(/12|p@ss|example/)
  })

  test.for([
    ['postgres://me:p%40ss%3Aw%2Frd%3F%23%25%C3%A9@db.example/cases', 'p%40ss%3Aw%2Frd%3F%23%25%C3%A9'],
    ['postgres://me:a@b@db.example/cases', 'a%40b'],
    ['postgres://me:100%@db.example/cases', '100%'],
    ['postgres://me@/cases?host=/tmp', ''],
    ['postgres://db.example/cases?user=a@b', ''],
  ] as const)('%o is read', ([url, password]) => {
    expect(readPostgresUrl(url)?.password).toBe(password)
  })
})
