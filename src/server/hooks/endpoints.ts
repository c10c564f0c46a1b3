import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import type { Config } from '../../config/config.ts'
import { namesThisMachine } from '../../config/notify.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { NoticeType } from '../../domain/notice.ts'
import { reachOf } from '../../planning/addresses/address-reach.ts'
import { type Signature, signatureBy } from './signature.ts'

/** An endpoint, ready to be called. */
export interface Endpoint {
  /** Names it in the state, which never sees the address: that may hold a secret. */
  readonly id: string
  readonly url: URL
  /** What people call it. */
  readonly host: string
  readonly wants: (type: NoticeType) => boolean
  /** Null: without a secret nothing is signed. */
  readonly signer: Signature | null
  readonly allowPrivate: boolean
  /** The config says in plain words that it is on this machine. */
  readonly isHere: boolean
}

/** The endpoints of `notify`. Throws E_CONFIG for an address that is never called, and E_ENV for a secret that is not set. */
export function endpointsOf({
  settings,
  environment,
}: {
  readonly settings: Pick<Config['settings'], 'notify'>
  readonly environment: Pick<Config['environment'], 'get'>
}): readonly Endpoint[] {
  return settings.notify.map((entry, index) => {
    const where = `notify[${index}]`
    const url = new URL(entry.url)
    const isHere = namesThisMachine(entry.url)
    checkLiteral(url, { allowPrivate: entry.allowPrivate, isHere }, where)
    return {
      id: createHash('sha256').update(url.href).digest('base64url').slice(0, 22),
      url,
      host: url.host,
      wants: (type) => entry.events?.includes(type) ?? true,
      signer: entry.secret === undefined ? null : signerOf(entry.secret, environment.get, where),
      allowPrivate: entry.allowPrivate,
      isHere,
    }
  })
}

/** Whether an endpoint may be called at this address. One that the config itself names as this machine may. */
export function mayCall(
  { allowPrivate, isHere }: Pick<Endpoint, 'allowPrivate' | 'isHere'>,
  address: string,
): boolean {
  const reach = reachOf(address)
  if (reach === 'public') return true
  if (reach === 'loopback') return allowPrivate || isHere
  return reach === 'private' && allowPrivate
}

function checkLiteral(url: URL, rights: Pick<Endpoint, 'allowPrivate' | 'isHere'>, where: string): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) === 0 || mayCall(rights, host)) return
  throw new OffpeakError(
    'E_CONFIG',
    reachOf(host) === 'never'
      ? `${host} is an address at which nobody is told anything`
      : `${host} is ${reachOf(host) === 'loopback' ? 'this machine, written in another way' : 'in a private network'}`,
    {
      where,
      ...(reachOf(host) === 'never'
        ? {}
        : { fix: 'say `allowPrivate: true` next to the url if that is meant' }),
    },
  )
}

function signerOf(secret: string, get: (name: string) => string | null, where: string): Signature {
  const value = secret.startsWith('whsec_') ? secret : get(secret)
  if (value === null)
    throw new OffpeakError('E_ENV', `${secret}, the secret of an endpoint, is not set`, {
      where,
      fix: `${secret}=whsec_… in the environment or in .env`,
    })
  const signature = signatureBy(value)
  if (signature === null)
    throw new OffpeakError('E_CONFIG', 'the secret of an endpoint is not whsec_ and base64', { where })
  return signature
}
