import { messageOf } from '../../domain/errors.ts'
import type { Refusal, Reply } from '../../ports/provider/reply.ts'
import { type Effect, plainText } from '../replies/classify.ts'
import { BoundError } from '../http/exchange.ts'
import { asCount, asFields, asText } from '../replies/fields.ts'

/** Names of errors that mean the same whatever their status (AWS documents: Bedrock and S3, error codes). */
const byName: Readonly<Record<string, Exclude<Refusal['cause'], 'away' | 'quota'>>> = {
  AccessDenied: 'auth',
  AccessDeniedException: 'auth',
  ExpiredToken: 'auth',
  ExpiredTokenException: 'auth',
  InvalidAccessKeyId: 'auth',
  InvalidSignatureException: 'auth',
  SignatureDoesNotMatch: 'auth',
  UnrecognizedClientException: 'auth',
  NoSuchBucket: 'account',
  NoSuchKey: 'gone',
  NotFound: 'gone',
  ResourceNotFoundException: 'gone',
  ConflictException: 'conflict',
  SlowDown: 'rate',
  ThrottlingException: 'rate',
  TooManyRequestsException: 'rate',
  ValidationException: 'invalid',
}

/** Errors of the client itself before it has called anybody: no credentials, no region. */
const beforeCalling = /^(?:CredentialsProviderError|TokenProviderError|ProviderError)$/
/** Nobody was reached. */
const unreached: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/**
 * An output that AWS itself has answered. The SDK takes any 2xx for a success, and a page or nothing for an output
 * without members: `proof` is a member that the output always has; the id of the request does as well, which AWS gives
 * with every answer (S3, Common response headers). Throws for anything else.
 */
export function fromAws<Output extends Signed>(output: Output, proof: (output: Output) => boolean): Output {
  if (output.$metadata.requestId !== undefined || proof(output)) return output
  throw new Error(`answered ${output.$metadata.httpStatusCode ?? ''}, but not in the way of AWS: ${between}`)
}

interface Signed {
  readonly $metadata: {
    readonly requestId?: string | undefined
    readonly httpStatusCode?: number | undefined
  }
}

const between = 'something between here and the service may want a sign-in, or filter it'

/** The reply of a call of the AWS SDK. Never guesses about money: what spends and has no clear answer is unknown. */
export async function replyOf<Value>(effect: Effect, call: () => Promise<Value>): Promise<Reply<Value>> {
  try {
    return { kind: 'accepted', value: await call() }
  } catch (thrown) {
    return refusalOf(effect, thrown)
  }
}

/** Rethrows what is ours, as E_PEER_MISSING and E_DISK. */
function refusalOf(effect: Effect, thrown: unknown): Reply<never> {
  const error = asFields(thrown)
  const name = asText(error?.['name']) ?? ''
  if (name === 'OffpeakError') throw thrown
  const metadata = asFields(error?.['$metadata'])
  const status = asCount(metadata?.['httpStatusCode'])
  // `NotFound` is the SDK's own name for any 404 of S3, whoever has answered.
  const isOwn =
    asText(metadata?.['requestId']) !== null ||
    name.endsWith('Exception') ||
    (name !== 'NotFound' && Object.hasOwn(byName, name))
  const message = plainText(wordsOf(thrown, name, status, isOwn))
  const refused = { kind: 'refused', status, message, retryAfterMs: null } as const
  if (beforeCalling.test(name)) return { ...refused, cause: 'auth', message: `no credentials: ${message}` }
  if (name === 'ServiceQuotaExceededException') return { ...refused, cause: 'quota' }
  if (thrown instanceof BoundError) return { ...refused, cause: 'invalid' }
  const isAnswer = status !== null && status >= 300
  const isRedirect = isAnswer && status < 400 && status !== 303
  // A page of a gateway may have been put there after the work was done.
  const isClear =
    isRedirect || (isAnswer && isOwn && status < 500 && status !== 408 && name !== 'ConflictException')
  const isUnreached = status === null && unreached.has(asText(error?.['code']) ?? '')
  if (effect !== 'repeatable' && !isClear && !isUnreached) return { kind: 'unknown', message }
  const named = isOwn && Object.hasOwn(byName, name) ? byName[name] : undefined
  const cause = named ?? (isAnswer && isOwn ? byStatus(status) : undefined)
  return cause === undefined
    ? { ...refused, cause: 'away', layer: isAnswer && isOwn ? 'service' : 'network', lasting: false }
    : { ...refused, cause }
}

function wordsOf(thrown: unknown, name: string, status: number | null, isOwn: boolean): string {
  const said = messageOf(thrown) || name || 'no message'
  if (status === null) return said
  if (!isOwn) return `${status} without the words of AWS: ${between}`
  return name === '' ? said : `${status} ${name}: ${said}`
}

function byStatus(status: number): Exclude<Refusal['cause'], 'away' | 'quota'> | undefined {
  if (status === 401 || status === 403) return 'auth'
  if (status === 404 || status === 410) return 'gone'
  if (status === 409) return 'conflict'
  if (status === 429) return 'rate'
  return status >= 500 || status === 408 || status < 400 ? undefined : 'invalid'
}

/** Why a call could not be signed, and so was not made. */
export function unsigned(thrown: unknown): Reply<never> {
  if (asText(asFields(thrown)?.['name']) === 'OffpeakError') throw thrown
  const message = `no credentials: ${plainText(messageOf(thrown))}`
  return { kind: 'refused', cause: 'auth', status: null, message, retryAfterMs: null }
}
