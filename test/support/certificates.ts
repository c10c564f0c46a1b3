import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Certificates come from the `openssl` of the system; without one, what needs them is skipped. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A signer of certificates that nobody trusts until told to. */
export interface Authority {
  /** The file of its own certificate. */
  readonly path: string
  readonly pem: string
  /** A certificate for some names; of `days` below 0 it has ended already. */
  sign(names: readonly string[], days?: number): Certificate
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes an authority whose files lie in a folder. */
export function makeAuthority(folder: string): Authority {
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'ignore'] })
  const path = at('authority.pem')
  openssl(
    'req', '-x509', ...curve, '-days', '2', '-subj', '/O=Example Corp/CN=Example Corp CA',
    '-keyout', at('authority.key'), '-out', path,
  ) // prettier-ignore
  let made = 0
  return {
    path,
    pem: readFileSync(path, 'utf8'),
    sign(names, days = 2) {
      const name = `leaf-${(made += 1)}`
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) => at(`${name}.${end}`))
      if (!key || !request || !cert || !extensions) throw new Error('four files are named')
      const alternative = names.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`))
      writeFileSync(extensions, `subjectAltName=${alternative.join(',')}\n`)
      openssl('req', ...curve, '-subj', '/CN=leaf', '-keyout', key, '-out', request)
      openssl(
        'x509', '-req', '-in', request, '-CA', path, '-CAkey', at('authority.key'), '-CAcreateserial',
        '-days', String(days), '-extfile', extensions, '-out', cert,
      ) // prettier-ignore
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    },
  }
}
