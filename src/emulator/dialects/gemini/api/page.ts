import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { refuse } from '../errors.ts'

/** Lists of the service have this many without a wish; the pages of files are documented, of batches assumed. */
const defaultPageSize = { files: 10, models: 50, operations: 50 } as const
const maxPageSize = { files: 100, models: 1000, operations: 1000 } as const

type ListName = keyof typeof defaultPageSize

/** One page of a list, which goes on behind the thing that its token names. Larger pages are cut without a word. */
export function pageReply<T extends { readonly id: string }>(
  query: URLSearchParams,
  name: ListName,
  items: readonly T[],
  show: (item: T) => object,
): Reply {
  const size = Math.min(readSize(query.get('pageSize') ?? query.get('page_size'), name), maxPageSize[name])
  const token = query.get('pageToken') ?? query.get('page_token') ?? ''
  const start = token === '' ? 0 : items.findIndex(({ id }) => tokenOf(id) === token) + 1
  if (token !== '' && start === 0) throw refuse('INVALID_ARGUMENT', 'Page token is invalid.')
  const page = items.slice(start, start + size)
  const last = start + page.length < items.length ? page.at(-1) : undefined
  return jsonReply(200, {
    // An empty list is left out, as everything that is nothing.
    ...(page.length === 0 ? {} : { [name]: page.map(show) }),
    ...(last === undefined ? {} : { nextPageToken: tokenOf(last.id) }),
  })
}

function tokenOf(id: string): string {
  return Buffer.from(id).toString('base64url')
}

function readSize(text: string | null, name: ListName): number {
  if (text === null || text === '' || text === '0') return defaultPageSize[name]
  const size = Number(text)
  if (!Number.isInteger(size))
    throw refuse('INVALID_ARGUMENT', `Invalid value at 'page_size' (TYPE_INT32), "${text}"`)
  if (size < 0) throw refuse('INVALID_ARGUMENT', 'page_size must not be negative.')
  return size
}
