const pieceBytes = 32_768

export interface LineStreamOptions {
  /** Called once, however it ends. */
  readonly onEnd: () => void
  /** Told what went wrong after the first line; it is to break the connection off, as nothing else can be said there. */
  readonly onBroken: (thrown: unknown) => void
  /** Whoever takes nothing for so long is taken to be gone. */
  readonly stalledAfterMs: number
}

/**
 * A stream of lines that reads on only while somebody takes them, and ends the reading when nobody does any more. What
 * goes wrong before the first line is thrown here.
 */
export async function lineStream<Item>(
  items: AsyncIterable<Item>,
  lineOf: (item: Item) => string,
  { onEnd, onBroken, stalledAfterMs }: LineStreamOptions,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  const iterator = items[Symbol.asyncIterator]()
  let next: IteratorResult<Item>
  try {
    next = await iterator.next()
  } catch (thrown) {
    onEnd()
    throw thrown
  }
  let stalled: NodeJS.Timeout | null = null
  let over = false
  const end = (): void => {
    if (stalled !== null) clearTimeout(stalled)
    if (!over) onEnd()
    over = true
  }
  const breakOff = (thrown: unknown): void => {
    if (over) return
    end()
    onBroken(thrown)
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (stalled !== null) clearTimeout(stalled)
        try {
          let piece = ''
          while (next.done !== true && piece.length < pieceBytes) {
            piece += lineOf(next.value)
            next = await iterator.next()
          }
          if (over) return
          if (piece !== '') controller.enqueue(encoder.encode(piece))
          if (next.done === true) {
            controller.close()
            end()
          } else stalled = setTimeout(breakOff, stalledAfterMs, null).unref()
        } catch (thrown) {
          breakOff(thrown)
        }
      },
      async cancel() {
        end()
        await iterator.return?.()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 2 * pieceBytes }),
  )
}
