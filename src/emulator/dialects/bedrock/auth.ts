import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../../core/errors.ts'
import type { Maker } from '../../core/records.ts'

/** Who signs a request, and for which region (AWS document, Signature Version 4, "Authorization header"). */
const signature =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/[^/,\s]+\/aws4_request, ?SignedHeaders=[^,\s]+, ?Signature=[0-9a-f]{64}$/

/**
 * The maker of a call by a signature of version 4 whose access key id is known, and at Bedrock by an API key as bearer.
 * The signature itself is not calculated: the emulator knows no secret. Throws a 403 as each service words it.
 */
export function authorise(
  service: 'bedrock' | 's3',
  headers: IncomingHttpHeaders,
  apiKeys: readonly string[],
): Maker {
  const given = headers.authorization ?? ''
  const bearer = service === 'bedrock' ? /^bearer\s+(\S+)$/i.exec(given)?.[1] : undefined
  const key = bearer ?? signature.exec(given)?.[1]
  if (key === undefined) throw given === '' ? unsigned[service] : misread[service]
  if (apiKeys.length > 0 && !apiKeys.includes(key)) throw unknownKey[service]
  return { key: hash('sha256', key, 'hex').slice(0, 16), organization: null, project: null }
}

const unsigned = {
  bedrock: new Refusal(403, {
    message: 'Missing Authentication Token',
    code: 'MissingAuthenticationTokenException',
  }),
  s3: new Refusal(403, { message: 'Access Denied', code: 'AccessDenied' }),
} as const

const misread = {
  bedrock: new Refusal(403, {
    message:
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
    code: 'IncompleteSignatureException',
  }),
  s3: new Refusal(400, {
    message: 'The authorization header that you provided is not valid.',
    code: 'AuthorizationHeaderMalformed',
  }),
} as const

const unknownKey = {
  bedrock: new Refusal(403, {
    message: 'The security token included in the request is invalid.',
    code: 'UnrecognizedClientException',
  }),
  s3: new Refusal(403, {
    message: 'The AWS Access Key Id you provided does not exist in our records.',
    code: 'InvalidAccessKeyId',
  }),
} as const

/** Where the service is taken to be when a caller does not sign for a region. */
const usualRegion = 'us-east-1'

export function regionOf(headers: IncomingHttpHeaders): string {
  return signature.exec(headers.authorization ?? '')?.[2] ?? usualRegion
}
