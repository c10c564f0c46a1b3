import type { Downloaded } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { asFields } from '../replies/fields.ts'
import type { Call, Http } from '../http/http.ts'
import { PartFile } from '../http/bodies/part-file.ts'
import { type Page, pageOf } from './pages.ts'

/** Of one page; the documents say 1,000 and, older ones, 100. */
const pageSize = 100
/** So often is a page asked for again within one download, each time for fewer results: it may have been too long. */
const maxAgain = 6

/**
 * The results of a batch, which come by pages, in one file of lines. Those of one that has expired say so, as what did
 * not run is called cancelled there.
 */
export async function fetchResults(
  http: Http,
  call: Call,
  {
    path,
    maxBytes,
    isExpired,
  }: {
    readonly path: string
    readonly maxBytes: number
    readonly isExpired: boolean
  },
): Promise<Reply<Downloaded>> {
  const part = await PartFile.open(path)
  let isWhole = false
  try {
    let token: string | null = null
    for (let limit = pageSize, again = 0; ;) {
      const reply: Reply<Page> = await pageOf(http, call, 'results', { limit, token })
      if (reply.kind !== 'accepted') {
        const mayGoOn = reply.kind === 'refused' && reply.cause === 'away' && again < maxAgain
        if (!mayGoOn || call.signal?.aborted === true) return reply
        again += 1
        limit = Math.max(1, Math.floor(limit / 4))
        continue
      }
      for (const item of reply.value.items) {
        const fields = asFields(item)
        const line = Buffer.from(
          `${JSON.stringify(fields !== null && isExpired ? { ...fields, ended: 'expired' } : item)}\n`,
        )
        if (part.bytes + line.length > maxBytes) return tooLarge(maxBytes)
        await part.write(line, true)
      }
      const { next } = reply.value
      if (next === null || next === token) break
      token = next
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
