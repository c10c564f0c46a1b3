import { OffpeakError } from '../../domain/errors.ts'

/** How one try at a connection is secured: not at all, or by TLS with these options of `tls.connect`. */
export type PostgresTls = false | TlsOptions

export interface TlsOptions {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Takes a certificate for whatever host it names. */
  readonly checkServerIdentity?: () => undefined
}

export interface PostgresAddress {
  /** The URL without what it says of TLS. */
  readonly url: string
  /** What to try, in order, until the server takes one of them. */
  readonly tries: readonly [PostgresTls, ...PostgresTls[]]
}

/** Files that TLS needs: by path, and by name in the user's `~/.postgresql`; null: there is none. */
export interface TlsFiles {
  readonly read: (path: string) => string | null
  readonly readDefault: (name: string) => string | null
}

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof modes)[number]

const tlsNames: ReadonlySet<string> = new Set([
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  'sslcrl',
  'sslcompression',
  'uselibpqcompat',
])

/**
 * Host, TLS mode and credentials from the URL of a PostgreSQL server, as psql understands it (PostgreSQL documentation,
 * 34.19, table 34.1): `require` encrypts and asks for no proof unless a root certificate is there, `verify-ca` and
 * `verify-full` ask for one. Of its own: `verify-full` without a root certificate trusts the roots that Node knows.
 *
 * Throws E_CONFIG for a URL that cannot be read, a mode that is none, and files that are not there.
 */
export function postgresAddress(url: string, usual: Mode, files: TlsFiles): PostgresAddress {
  const parsed = readPostgresUrl(url)
  if (parsed === null)
    throw refused(
      'cannot be read: its user or password holds a character that means something there',
      percentHint,
    )
  const query = parsed.searchParams
  const plainUrl = withoutTls(url)
  const mode = modeOf(query, usual)
  const host = query.get('host') ?? decodeURIComponent(parsed.hostname)
  // A socket of this machine is not encrypted, whatever is asked for.
  if (mode === 'disable' || host.startsWith('/')) return { url: plainUrl, tries: [false] }
  const tls = tlsOptions(query, mode, files)
  if (mode === 'allow') return { url: plainUrl, tries: [false, tls] }
  return { url: plainUrl, tries: mode === 'prefer' ? [tls, false] : [tls] }
}

const environmentOf = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const

/** The URL with what psql's variables of the environment say of TLS, where it says nothing of it itself. */
export function withUsualTls(url: string, variable: (name: string) => string | null): string {
  if (
    !/^postgres(?:ql)?:\/\//.test(url) ||
    [...tlsNames].some((name) => new RegExp(`[?&]${name}=`).test(url))
  )
    return url
  return Object.entries(environmentOf).reduce((whole, [name, of]) => {
    const value = variable(of)
    return value === null
      ? whole
      : `${whole}${whole.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`
  }, url)
}

/** Whether a server that refuses a try for this reason may take the next one. */
export function wantsOtherTls(thrown: unknown): boolean {
  const code: unknown = Reflect.get(Object(thrown), 'code')
  // No line of pg_hba.conf for a connection of this kind; or the handshake itself.
  if (typeof code === 'string' && /^(?:28000|EPROTO|ERR_SSL_.*)$/.test(code)) return true
  const words: unknown = Reflect.get(Object(thrown), 'message')
  return typeof words === 'string' && /not support SSL|establishing an SSL connection/.test(words)
}

/** Whether a connection failed over a certificate, or over whether it is encrypted at all (X509_V_ERR_* and OpenSSL's codes). */
export function isTlsFailure(thrown: unknown): boolean {
  const code: unknown = Reflect.get(Object(thrown), 'code')
  if (
    typeof code === 'string' &&
    /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH)/.test(code)
  )
    return true
  return wantsOtherTls(thrown) && code === undefined
}

function modeOf(query: URLSearchParams, usual: Mode): Mode | 'no-verify' {
  const given = query.get('sslmode')
  const ssl = query.get('ssl')
  if (given === null && ssl !== null) {
    if (ssl === 'no-verify') return 'no-verify'
    return ssl === 'false' || ssl === '0' ? 'disable' : 'require'
  }
  if (given === null) return query.get('sslrootcert') === 'system' ? 'verify-full' : usual
  const mode = [...modes, 'no-verify' as const].find((name) => name === given)
  if (mode === undefined)
    throw refused(`has sslmode=${given}, which there is not`, `Choose one of ${modes.join(', ')}.`)
  return mode
}

function tlsOptions(query: URLSearchParams, mode: Mode | 'no-verify', files: TlsFiles): TlsOptions {
  const own = clientCertificate(query, files)
  const root = query.get('sslrootcert')
  if (mode === 'no-verify' || mode === 'allow' || mode === 'prefer')
    return { ...own, rejectUnauthorized: false }
  if (root === 'system') {
    if (mode !== 'verify-full')
      throw refused(
        `has sslrootcert=system with sslmode=${mode}, which anybody's certificate would pass`,
        'Use sslmode=verify-full with it.',
      )
    return { ...own, rejectUnauthorized: true }
  }
  const ca = root === null ? files.readDefault('root.crt') : fileOf(query, 'sslrootcert', files)
  if (ca === null) {
    if (mode === 'verify-ca')
      throw refused(
        'has sslmode=verify-ca, and names no root certificate',
        'Add sslrootcert=<file>, put it into ~/.postgresql/root.crt, or use sslmode=verify-full.',
      )
    return { ...own, rejectUnauthorized: mode === 'verify-full' }
  }
  const anyHost = mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }
  return { ...own, ...anyHost, ca, rejectUnauthorized: true }
}

function clientCertificate(query: URLSearchParams, files: TlsFiles): Omit<TlsOptions, 'rejectUnauthorized'> {
  const cert = query.has('sslcert') ? fileOf(query, 'sslcert', files) : files.readDefault('postgresql.crt')
  if (cert === null) return {}
  const key = query.has('sslkey') ? fileOf(query, 'sslkey', files) : files.readDefault('postgresql.key')
  const passphrase = query.get('sslpassword')
  return { cert, ...(key === null ? {} : { key }), ...(passphrase === null ? {} : { passphrase }) }
}

function fileOf(query: URLSearchParams, name: string, files: TlsFiles): string {
  const path = query.get(name) ?? ''
  const text = files.read(path)
  if (text === null)
    throw refused(`names a ${name} that cannot be read: ${path}`, `Correct the path in ${name}.`)
  return text
}

/** The URL to the letter, without the parameters of TLS. */
function withoutTls(url: string): string {
  const at = url.indexOf('?')
  if (at < 0) return url
  const kept = url
    .slice(at + 1)
    .split('&')
    .filter((pair) => !tlsNames.has(pair.split('=', 1)[0] ?? ''))
  return kept.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${kept.join('&')}`
}

/** Text that says how a user name or a password is percent-encoded in a URL (RFC 3986, 2.1). */
export const percentHint =
  'In a URL the user and the password are percent-encoded: @ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25; `node -p "encodeURIComponent(\'…\')"` does it.'

/**
 * The parts of a URL. Null when they cannot be told from each other, because the password holds a `/`, `?` or `#` as it
 * is, or a `%` that begins no character: nothing of such a URL may be shown, as any part of it may be the password's.
 */
export function readPostgresUrl(url: string): URL | null {
  // Without a host it is a socket's, which a parameter names; to WHATWG's URLs that is none.
  const whole = URL.canParse(url) ? url : url.replace('@/', '@localhost/')
  if (!URL.canParse(whole)) return null
  const parsed = new URL(whole)
  const { username, password, pathname, search, hash } = parsed
  if (hash !== '' || pathname.includes('@')) return null
  // A password with a question mark in it leaves no user before the host, and its end behind it.
  const isPair = (text: string): boolean => !text.includes('@') || /^\w+=/.test(text)
  if (username === '' && !search.slice(1).split('&').every(isPair)) return null
  try {
    decodeURIComponent(`${username}${password}`.replaceAll(/%(?![\da-f]{2})/gi, '%25'))
    return parsed
  } catch {
    return null
  }
}

function refused(what: string, fix: string): OffpeakError {
  return new OffpeakError('E_CONFIG', `The database URL ${what}`, { fix })
}
