import type { ErrorFields } from '../../core/errors.ts'

/** AWS document, Bedrock API reference, CreateModelInvocationJob and InvokeModel, "Errors". */
const exceptions: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  409: 'ConflictException',
  413: 'ValidationException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
}

/** AWS document, S3 API reference, "List of error codes". */
const s3Codes: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  405: 'MethodNotAllowed',
  409: 'OperationAborted',
  412: 'PreconditionFailed',
  413: 'EntityTooLarge',
  416: 'InvalidRange',
  429: 'SlowDown',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'SlowDown',
}

/** The name of an error stands in a header, its body is JSON with a message alone (AWS restJson1 protocol). */
export function bedrockErrorBody(_status: number, { message }: ErrorFields): string {
  return JSON.stringify({ message })
}

export function bedrockErrorHeaders(status: number, { code }: ErrorFields): Readonly<Record<string, string>> {
  const named = code?.endsWith('Exception') === true ? code : undefined
  const usual = exceptions[status] ?? (status >= 500 ? 'InternalServerException' : 'ValidationException')
  return { 'x-amzn-errortype': named ?? usual }
}

export function s3ErrorBody(status: number, { code, message }: ErrorFields, requestId: string): string {
  const named = /^[A-Z][A-Za-z]+$/.test(code ?? '') ? code : undefined
  const name = named ?? s3Codes[status] ?? (status >= 500 ? 'InternalError' : 'InvalidRequest')
  return `${xmlHead}<Error><Code>${xml(name)}</Code><Message>${xml(message)}</Message><RequestId>${requestId}</RequestId><HostId>offpeak-emulator</HostId></Error>`
}

export const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n'
export const xmlHeaders = { 'content-type': 'application/xml' } as const

/** A text inside an XML element. */
export function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
}
