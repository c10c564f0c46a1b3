import { type Match, type RouteTable, matchRoute, operationsOf } from '../../core/http/route-table.ts'

/** The service has a host of its own; here it has a prefix, as where Microsoft Foundry serves it. */
export const basePath = '/anthropic'

/** Paths of Anthropic's document. */
const routePatterns: RouteTable = [
  ['v1/messages', { POST: 'messages.create' }],
  ['v1/messages/count_tokens', { POST: 'messages.count_tokens' }],
  ['v1/messages/batches', { POST: 'batches.create', GET: 'batches.list' }],
  ['v1/messages/batches/*', { GET: 'batches.retrieve', DELETE: 'batches.delete' }],
  ['v1/messages/batches/*/cancel', { POST: 'batches.cancel' }],
  ['v1/messages/batches/*/results', { GET: 'batches.results' }],
  ['v1/models', { GET: 'models.list' }],
  ['v1/models/*', { GET: 'models.retrieve' }],
]

export const operations: readonly string[] = operationsOf(routePatterns)

export function resolvePath(method: string, pathname: string): Match {
  return matchRoute(routePatterns, method, pathname.slice(basePath.length + 1))
}
