import type { Caller } from '../guard/caller.ts'

/** So much may wait for a client that reads slowly; one that falls behind further takes the stream up again. */
const maxWaitingBytes = 512_000

export interface Wish {
  readonly caller: Caller
  /** Only this run; null: all that the caller sees. */
  readonly runId: string | null
}

/** One open stream. */
export class Subscriber {
  readonly wish: Wish
  /** Events up to this id are sent, or are not for this stream. */
  position = 0
  /** Whether new events come by themselves; false while old ones are sent again. */
  live = false
  readonly stream: ReadableStream<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null
  readonly #onEnd: () => void
  #room: PromiseWithResolvers<void> | null = null

  constructor(wish: Wish, onEnd: () => void) {
    this.wish = wish
    this.#onEnd = onEnd
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#room?.resolve(),
        cancel: () => this.#ended(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 16_384 }),
    )
  }

  get open(): boolean {
    return this.#controller !== null
  }

  /** Sends, or ends the stream of a client that has fallen too far behind. */
  send(bytes: Uint8Array): void {
    if (!this.#controller) return
    if ((this.#controller.desiredSize ?? 0) < -maxWaitingBytes) this.close()
    else this.#controller.enqueue(bytes)
  }

  /** Waits until the client has taken what was sent. */
  async room(): Promise<void> {
    if (!this.#controller || (this.#controller.desiredSize ?? 1) > 0) return
    this.#room = Promise.withResolvers()
    await this.#room.promise
    this.#room = null
  }

  close(): void {
    this.#controller?.close()
    this.#ended()
  }

  #ended(): void {
    this.#controller = null
    this.#room?.resolve()
    this.#onEnd()
  }
}
