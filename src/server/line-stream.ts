const pieceBytes = 32_768

/**
 * A stream of lines that reads on only while somebody takes them, and ends the reading when nobody does any more;
 * `onEnd` is called once, however it ends. What goes wrong before the first line is thrown here, what goes wrong later
 * breaks the stream off.
 */
export async function lineStream<Item>(
  items: AsyncIterable<Item>,
  lineOf: (item: Item) => string,
  onEnd: () => void,
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
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          let piece = ''
          while (next.done !== true && piece.length < pieceBytes) {
            piece += lineOf(next.value)
            next = await iterator.next()
          }
          if (piece !== '') controller.enqueue(encoder.encode(piece))
          if (next.done !== true) return
          controller.close()
          onEnd()
        } catch (thrown) {
          onEnd()
          throw thrown
        }
      },
      async cancel() {
        onEnd()
        await iterator.return?.()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 2 * pieceBytes }),
  )
}
