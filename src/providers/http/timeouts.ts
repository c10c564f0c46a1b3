/** How long each part of talking to a service may take, in milliseconds. */
export interface Timeouts {
  /** From having a socket to a finished handshake; through a proxy, all of the way to the service. */
  readonly connectMs: number
  /** From the last byte of a small request to the first of its answer. */
  readonly answerMs: number
  /** The whole of a small call. */
  readonly callMs: number
  /** Between two pieces of a body, in either direction. */
  readonly stallMs: number
  /**
   * 200 MB on the slowest line that is waited for. An upload has as much longer as it is larger; one connection of a
   * download has that long.
   */
  readonly transferMs: number
  /** The answer to a request that is asked one by one. */
  readonly completionMs: number
  /** The token callback. */
  readonly tokenMs: number
}

/** A model thinks before it answers; flex requests may take a quarter of an hour (OpenAI guide, Flex processing). */
export const defaultTimeouts: Timeouts = {
  connectMs: 10_000,
  answerMs: 60_000,
  callMs: 120_000,
  stallMs: 60_000,
  transferMs: 7_200_000,
  completionMs: 900_000,
  tokenMs: 15_000,
}

/** The calls that differ in how long they may take. */
export type CallKind = 'control' | 'upload' | 'download' | 'completion'

/** How long one call may take, by part. */
export interface CallTimeouts {
  readonly connectMs: number
  readonly headersMs: number
  readonly stallMs: number
  readonly deadlineMs: number
}

/** The service may take minutes to store a file that it has been sent. */
const storingMs = 300_000
const openingMs = 120_000
const transferBytes = 200e6
/**
 * What the kernel holds of a body takes no more before a third of it has left (Linux: `tcp_wmem` up to 4 MiB; measured at
 * 1 MB/s: pieces of 1.8 MB): for as long as that takes, nothing shows that bytes flow.
 */
const heldBytes = 2_097_152

/** The timeouts of one call; pure. `bytes`: how long the body that is sent is, or how much may come back; null: no matter. */
export function callTimeouts(kind: CallKind, timeouts: Timeouts, bytes: number | null = null): CallTimeouts {
  const { connectMs, answerMs, callMs, stallMs, transferMs, completionMs } = timeouts
  const onSlowLine = (sent: number): number => Math.ceil((sent / transferBytes) * transferMs)
  switch (kind) {
    case 'control':
      return { connectMs, headersMs: answerMs, stallMs, deadlineMs: callMs }
    case 'upload':
      return {
        connectMs,
        headersMs: Math.max(storingMs, answerMs),
        stallMs: stallMs + onSlowLine(Math.min(bytes ?? heldBytes, heldBytes)),
        deadlineMs: storingMs + onSlowLine(bytes ?? transferBytes),
      }
    case 'download':
      return {
        connectMs,
        headersMs: Math.max(openingMs, answerMs),
        stallMs,
        deadlineMs: Math.min(transferMs, openingMs + onSlowLine(bytes ?? transferBytes)),
      }
    case 'completion':
      return { connectMs, headersMs: completionMs, stallMs, deadlineMs: completionMs + stallMs }
  }
}
