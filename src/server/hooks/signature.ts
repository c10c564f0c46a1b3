import { createHmac, timingSafeEqual } from 'node:crypto'

/** So far apart may the clocks of sender and receiver be, in seconds (Standard Webhooks, "Verifying signatures"). */
const toleranceSeconds = 300

/**
 * A signer and checker of messages by Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, in base64 behind
 * `v1,`. Tests hold it against the reference library.
 */
export interface Signature {
  /** The value of `webhook-signature`. */
  readonly sign: (message: Message) => string
  /** Whether one of the signatures that came is that of these very bytes, made within five minutes of `nowMs`. */
  readonly isGood: (
    message: Omit<Message, 'timestamp'> & { readonly timestamp: string },
    signatures: string,
    nowMs: number,
  ) => boolean
}

/** A message to an endpoint (Standard Webhooks 1.0). */
export interface Message {
  readonly id: string
  /** Seconds since the epoch. */
  readonly timestamp: number
  /** The body as it is sent, byte for byte. */
  readonly body: string
}

/** The signature by a secret, `whsec_` and base64 or base64 alone; null: it is no such secret. */
export function signatureBy(secret: string): Signature | null {
  const text = secret.replace(/^whsec_/, '')
  const key = Buffer.from(text, 'base64')
  if (key.length === 0 || key.toString('base64') !== text) return null
  const sign = ({ id, timestamp, body }: Message): string =>
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  return {
    sign,
    isGood({ id, timestamp, body }, signatures, nowMs) {
      if (id === '' || !/^\d{1,15}$/.test(timestamp)) return false
      const seconds = Number(timestamp)
      if (Math.abs(Math.floor(nowMs / 1_000) - seconds) > toleranceSeconds) return false
      const wanted = Buffer.from(sign({ id, timestamp: seconds, body }))
      return signatures.split(' ').some((signature) => {
        const given = Buffer.from(signature)
        return given.length === wanted.length && timingSafeEqual(given, wanted)
      })
    },
  }
}
