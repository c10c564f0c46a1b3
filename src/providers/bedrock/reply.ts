import { messageOf } from '../../domain/errors.ts'
import type { Refusal, Reply } from '../../ports/provider/reply.ts'
import { type Effect, plainText } from '../http/classify.ts'
import { BoundError } from '../http/exchange.ts'
import { asCount, asFields, asText } from '../http/fields.ts'

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

/** What a call of the AWS SDK came to. Never guesses about money: what spends and has no clear answer is unknown. */
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
  const status = asCount(asFields(error?.['$metadata'])?.['httpStatusCode'])
  const said = messageOf(thrown) || name || 'no message'
  const message = plainText(status === null || name === '' ? said : `${status} ${name}: ${said}`)
  const refused = { kind: 'refused', status, message, retryAfterMs: null } as const
  if (beforeCalling.test(name)) return { ...refused, cause: 'auth', message: `no credentials: ${message}` }
  if (name === 'ServiceQuotaExceededException') return { ...refused, cause: 'quota' }
  if (thrown instanceof BoundError) return { ...refused, cause: 'invalid' }
  const isAnswer = status !== null && status >= 300
  const isClear = isAnswer && status < 500 && status !== 408 && name !== 'ConflictException'
  const isUnreached = status === null && unreached.has(asText(error?.['code']) ?? '')
  if (effect !== 'repeatable' && !isClear && !isUnreached) return { kind: 'unknown', message }
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined
  const cause = named ?? (isAnswer ? byStatus(status) : undefined)
  return cause === undefined
    ? { ...refused, cause: 'away', layer: isAnswer ? 'service' : 'network', lasting: false }
    : { ...refused, cause }
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
