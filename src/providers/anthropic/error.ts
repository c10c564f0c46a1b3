import { type Answer, unsureCode } from '../../domain/request.ts'
import { plainText } from '../replies/classify.ts'
import { asFields, asText } from '../replies/fields.ts'

type ErrorAnswer = Extract<Answer, { readonly kind: 'error' }>

/** The error of a reply or of a line, which is wrapped once or twice; null when there is none. */
export interface AnthropicError {
  readonly type: string
  readonly message: string
}

export function errorOf(value: unknown): AnthropicError | null {
  const outer = asFields(value)
  const error = asFields(outer?.['error']) ?? outer
  const inner = asFields(error?.['error']) ?? error
  const type = asText(inner?.['type']) ?? ''
  const message = asText(inner?.['message']) ?? ''
  return inner === null || (type === '' && message === '') ? null : { type, message }
}

const transientTypes: ReadonlySet<string> = new Set([
  'api_error',
  'overloaded_error',
  'rate_limit_error',
  'timeout_error',
])
const accountTypes: ReadonlySet<string> = new Set([
  'authentication_error',
  'billing_error',
  'permission_error',
])

/**
 * Whether only a person can fix an error, and no request is at fault for it: credit (told as thousands of bad requests,
 * bespokelabs/curator#296), spending limits, an organisation on hold, a workspace under review, a key of encryption
 * that is disabled (@anthropic-ai/sdk 1.13, errors of the creation of batches).
 */
export function isAboutAccount({ type, message }: AnthropicError): boolean {
  return (
    type === 'billing_error' ||
    /credit balance|spend(?:ing)? limit|usage limits?\b|on hold|under (?:human )?review|CMEK|plans & billing/i.test(
      message,
    )
  )
}

/**
 * The meaning of an errored line for its request. Those are not billed (Anthropic document, Batch processing), and were
 * not looked at before the batch ran.
 */
export function errorAnswer(error: AnthropicError | null): ErrorAnswer {
  if (error === null) return answer('transient', 'the line holds neither an answer nor an error')
  const { type, message } = error
  if (type === unsureCode) return { ...answer('unsure', message), ran: false }
  const reason = plainText([type, message].filter((part) => part !== '').join(': '))
  if (isAboutAccount(error) || accountTypes.has(type))
    return { ...answer('transient', reason), about: 'account' }
  if (transientTypes.has(type)) return answer('transient', reason)
  if (/content filter|blocked by/i.test(message)) return answer('refused', reason)
  return answer('failed', reason)
}

function answer(outcome: ErrorAnswer['outcome'], reason: string): ErrorAnswer {
  return { kind: 'error', outcome, reason, usage: null, ran: false }
}
