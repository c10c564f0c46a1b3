/** An answer that is ready to be sent; faults may still cut, slow or replace it. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | StoredBytes
  readonly delivery?: Delivery
  /** Called when all of it has been sent, as far as the service can tell. */
  readonly sent?: () => Promise<void>
}

/** Bytes that are sent from the disk. */
export interface StoredBytes {
  readonly path: string
  /** How many, from `start` on. */
  readonly bytes: number
  readonly start?: number
}

/** How an answer is sent, where something between here and there has its own way. */
export interface Delivery {
  /** It ends after this many bytes of the body. */
  readonly cutAfterBytes?: number
  /**
   * What is said of its length: all of it (a cut is then seen as one), only what is sent, or nothing, where the end of
   * the connection is the end of the body.
   */
  readonly length?: 'whole' | 'sent' | 'none'
  readonly bytesPerSecond?: number
  /** Whether it is compressed, or only says so. */
  readonly gzip?: 'packed' | 'label'
}

/** A reply with a JSON body. */
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
