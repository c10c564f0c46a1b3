export interface ErrorFields {
  readonly message: string
  readonly type?: string
  readonly param?: string | null
  readonly code?: string | null
}

/** A refusal that the service sends as an HTTP answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly fields: ErrorFields
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, fields: ErrorFields, headers: Readonly<Record<string, string>> = {}) {
    super(fields.message)
    this.status = status
    this.fields = fields
    this.headers = headers
  }
}

export function badRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
): Refusal {
  return new Refusal(400, { message, param, code })
}

/** An error of the control API, or of the emulator itself, which belongs to no service. */
export function plainErrorBody(status: number, { message, param = null, code = null }: ErrorFields): string {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  return JSON.stringify({ error: { message, type, param, code } }, null, 2)
}
