import { messageOf } from '../../domain/errors.ts'
import { notPrivate } from './private-lookup.ts'

/** Why there was no whole answer, and whether trying again cannot be expected to help. */
export interface NetworkFailure {
  readonly words: string
  readonly lasting: boolean
}

/** Where a call was going. */
export interface Way {
  /** The service, as people call it. */
  readonly host: string
  /** The proxy in between, without its password; null without one. */
  readonly proxy: string | null
}

const trustFix =
  "if a proxy or your company signs for it, name that signer's certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem"

/** What Node says of a certificate that it does not take (Node.js, TLS, X509 certificate error codes). */
const certificateWords: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'has expired, or the clock of this machine is wrong'],
  ['CERT_NOT_YET_VALID', 'is not valid yet, or the clock of this machine is wrong'],
  ['CERT_REVOKED', 'has been revoked'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name than this one'],
  ['HOSTNAME_MISMATCH', 'is for another name than this one'],
  ['CERT_SIGNATURE_FAILURE', 'has a broken signature'],
])
const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'CERT_CHAIN_TOO_LONG',
])

/** The cause, in words, that kept a call from its answer. */
export function networkFailure(thrown: unknown, { host, proxy }: Way): NetworkFailure {
  const code = textField(thrown, 'code')
  const through = proxy === null ? '' : ` through the proxy ${proxy}`
  const there = peerOf(thrown) ?? proxy ?? host
  const passing = (words: string): NetworkFailure => ({ words, lasting: false })
  const lasting = (words: string): NetworkFailure => ({ words, lasting: true })
  if (untrusted.has(code))
    return lasting(`the certificate of ${host}${through} is not trusted (${code}); ${trustFix}`)
  const certificate = certificateWords.get(code)
  if (certificate !== undefined)
    return lasting(`the certificate of ${host}${through} ${certificate} (${code}): ${messageOf(thrown)}`)
  switch (code) {
    case 'ECONNREFUSED':
      return passing(`nobody listens at ${there} (ECONNREFUSED)${viaOf(proxy)}`)
    case 'ENOTFOUND':
      return passing(
        `the name ${textField(thrown, 'hostname') || host} is not known here (ENOTFOUND)${viaOf(proxy)}; ` +
          'check the address, the network and the VPN, or whether a proxy is needed (HTTPS_PROXY)',
      )
    case 'EAI_AGAIN':
      return passing(`the name ${textField(thrown, 'hostname') || host} could not be looked up (EAI_AGAIN)`)
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return passing(`${there} cannot be reached (${code})${viaOf(proxy)}`)
    case 'ECONNRESET':
    case 'EPIPE':
      return passing(`the connection to ${host}${through} was cut (${code})`)
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return lasting(`${there} does not speak TLS there (${code}): is it an http:// address?`)
    case notPrivate:
      return lasting(`${messageOf(thrown)}, and is not called without encryption; use https`)
    case 'ERR_PROXY_TUNNEL':
      return tunnelFailure(thrown, host, proxy ?? 'named by HTTPS_PROXY')
  }
  const words = messageOf(thrown)
  // Node's word for a connection that ended inside an answer says too little, and several errors at once say nothing.
  if (words === 'aborted') return passing('the connection was cut inside the answer')
  return passing(words === '' ? `the connection to ${host} failed` : words)
}

/** The proxy was reached and has not opened the way. */
function tunnelFailure(thrown: unknown, host: string, proxy: string): NetworkFailure {
  const status: unknown = thrown instanceof Error ? Reflect.get(thrown, 'statusCode') : null
  if (status === 407)
    return {
      words: `the proxy ${proxy} asks for a name and a password (407); give them as http://name:password@host:port`,
      lasting: true,
    }
  const line = /: HTTP\/\S+ (.*)$/.exec(messageOf(thrown))?.[1]
  return {
    words: `the proxy ${proxy} did not open the way to ${host}: ${line ?? 'it ended the connection'}`,
    lasting: false,
  }
}

function viaOf(proxy: string | null): string {
  return proxy === null ? '' : `; the way goes through the proxy ${proxy}`
}

/** The address that was tried, as Node notes it. */
function peerOf(thrown: unknown): string | null {
  // Several addresses were tried (`AggregateError`): the first one speaks for all.
  const one: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown
  const address = textField(one, 'address')
  if (address === '') return null
  const port: unknown = one instanceof Error ? Reflect.get(one, 'port') : null
  return `${address.includes(':') ? `[${address}]` : address}${typeof port === 'number' ? `:${port}` : ''}`
}

function textField(thrown: unknown, name: string): string {
  const value: unknown = thrown instanceof Error ? Reflect.get(thrown, name) : null
  return typeof value === 'string' ? value : ''
}
