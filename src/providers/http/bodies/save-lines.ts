import type { Downloaded } from '../../../ports/provider/batch-service.ts'
import type { Reply } from '../../../ports/provider/reply.ts'
import { PartFile } from './part-file.ts'

/**
 * Values of a service as a file of JSON lines at `path`, whole or not at all; refused where a page of them is, and where
 * they are more than `maxBytes`.
 */
export async function saveLines(
  pages: AsyncIterable<Reply<readonly unknown[]>> | Iterable<Reply<readonly unknown[]>>,
  path: string,
  maxBytes: number,
): Promise<Reply<Downloaded>> {
  const part = await PartFile.open(path)
  let isWhole = false
  try {
    for await (const page of pages) {
      if (page.kind !== 'accepted') return page
      for (const value of page.value) {
        const line = Buffer.from(`${JSON.stringify(value)}\n`)
        if (part.bytes + line.length > maxBytes) return tooLarge(maxBytes)
        await part.write(line, true)
      }
    }
    await part.finish()
    isWhole = true
    return { kind: 'accepted', value: { bytes: part.bytes, announcedBytes: null, whole: true } }
  } finally {
    if (!isWhole) await part.discard()
  }
}

function tooLarge(maxBytes: number): Reply<never> {
  return {
    kind: 'refused',
    cause: 'invalid',
    status: null,
    message: `the results are larger than the ${maxBytes} bytes that are allowed`,
    retryAfterMs: null,
  }
}
