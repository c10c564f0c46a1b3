import { type Match, type RouteTable, matchRoute, operationsOf } from '../../core/http/route-table.ts'

/** The path that the service has at `https://api.x.ai/v1`. */
export const basePath = '/xai/v1'

/** Paths of `@ai-sdk/xai` and of xAI's document; `GET …/requests` is inferred from its protocol. */
const routePatterns: RouteTable = [
  ['files', { POST: 'files.create', GET: 'files.list' }],
  ['files/*', { GET: 'files.retrieve', DELETE: 'files.delete' }],
  ['files/*/content', { GET: 'files.content' }],
  ['batches', { POST: 'batches.create', GET: 'batches.list' }],
  ['batches/*:cancel', { POST: 'batches.cancel' }],
  ['batches/*', { GET: 'batches.retrieve' }],
  ['batches/*/requests', { POST: 'batches.add', GET: 'batches.requests' }],
  ['batches/*/results', { GET: 'batches.results' }],
  ['chat/completions', { POST: 'chat.completions' }],
  ['models', { GET: 'models.list' }],
]

export const operations: readonly string[] = operationsOf(routePatterns)

export function resolvePath(method: string, pathname: string): Match {
  return matchRoute(routePatterns, method, pathname.slice(basePath.length + 1))
}
