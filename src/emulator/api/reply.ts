/** An answer that is ready to be sent; faults may still cut, slow or replace it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | StoredBytes
}

/** Bytes that are sent from the disk, with a Content-Length. */
export interface StoredBytes {
  readonly path: string
  readonly bytes: number
}

export function jsonReply(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value, null, 2),
  }
}
