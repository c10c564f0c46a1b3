import type { Downloaded } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { asFields } from '../replies/fields.ts'
import type { Call, Http } from '../http/http.ts'
import { saveLines } from '../http/bodies/save-lines.ts'
import { type Page, pageOf } from './pages.ts'

/** Of one page; the documents say 1,000 and, older ones, 100. */
const pageSize = 100
/** So often is a page asked for again within one download, each time for fewer results: it may have been too long. */
const maxAgain = 6

/**
 * The results of a batch, which come by pages, in one file of lines. Those of one that has expired say so, as what did
 * not run is called cancelled there.
 */
export function fetchResults(
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
  return saveLines(resultPages(http, call, isExpired), path, maxBytes)
}

async function* resultPages(
  http: Http,
  call: Call,
  isExpired: boolean,
): AsyncGenerator<Reply<readonly unknown[]>, void> {
  for (let limit = pageSize, again = 0, token: string | null = null; ;) {
    const reply: Reply<Page> = await pageOf(http, call, 'results', { limit, token })
    if (reply.kind !== 'accepted') {
      const mayGoOn = reply.kind === 'refused' && reply.cause === 'away' && again < maxAgain
      if (!mayGoOn || call.signal?.aborted === true) return yield reply
      again += 1
      limit = Math.max(1, Math.floor(limit / 4))
      continue
    }
    const { items, next } = reply.value
    yield { kind: 'accepted', value: isExpired ? items.map(expired) : items }
    if (next === null || next === token) return
    token = next
  }
}

function expired(item: unknown): unknown {
  const fields = asFields(item)
  return fields === null ? item : { ...fields, ended: 'expired' }
}
