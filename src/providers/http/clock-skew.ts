/** `Date` tells whole seconds, cut off (RFC 9110). */
const dateResolutionMs = 1_000

/**
 * The clock of a service beside ours, in milliseconds. A date was written somewhere between the sending of a call and
 * the coming of its answer, so each answer bounds the difference from both sides; what was known stays until an answer
 * contradicts it, and no difference at all is what is supposed at first.
 */
export class ClockSkew {
  #ms: number | null = null

  /** Service minus ours; null before any date was told. */
  get ms(): number | null {
    return this.#ms
  }

  /** Takes the `Date` of an answer that came at `receivedMs` to what had left at `sentMs`. */
  note(date: string | undefined, sentMs: number, receivedMs: number): void {
    const toldMs = Date.parse(date ?? '')
    if (Number.isNaN(toldMs)) return
    const least = toldMs - receivedMs
    const most = toldMs + dateResolutionMs - sentMs
    const known = this.#ms ?? 0
    const nearest = Math.min(Math.max(known, least), most)
    const isNear = Math.abs(nearest - known) <= most - least
    this.#ms = isNear ? nearest : Math.round((least + most) / 2)
  }

  /** A time that the service told, in our clock. */
  ours(serviceMs: number): number
  ours(serviceMs: number | null): number | null
  ours(serviceMs: number | null): number | null {
    return serviceMs === null ? null : serviceMs - (this.#ms ?? 0)
  }
}
