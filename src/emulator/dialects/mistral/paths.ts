import { type Match, type RouteTable, matchRoute, operationsOf } from '../../core/http/route-table.ts'

/** The service has a host of its own; here it has a prefix. Clients put `/v1` behind it themselves. */
export const basePath = '/mistral'

/** Paths of Mistral's document. */
const routePatterns: RouteTable = [
  ['v1/files', { POST: 'files.create', GET: 'files.list' }],
  ['v1/files/*', { GET: 'files.retrieve', DELETE: 'files.delete' }],
  ['v1/files/*/content', { GET: 'files.content' }],
  ['v1/batch/jobs', { POST: 'batches.create', GET: 'batches.list' }],
  ['v1/batch/jobs/*', { GET: 'batches.retrieve', DELETE: 'batches.delete' }],
  ['v1/batch/jobs/*/cancel', { POST: 'batches.cancel' }],
  ['v1/chat/completions', { POST: 'chat.completions' }],
  ['v1/embeddings', { POST: 'embeddings' }],
  ['v1/ocr', { POST: 'ocr' }],
  ['v1/models', { GET: 'models.list' }],
  ['v1/models/*', { GET: 'models.retrieve' }],
]

export const operations: readonly string[] = operationsOf(routePatterns)

/** The calls that models answer themselves; their errors have a form of their own. */
export const modelOperations: ReadonlySet<string> = new Set(['chat.completions', 'embeddings', 'ocr'])

export function resolvePath(method: string, pathname: string): Match {
  return matchRoute(routePatterns, method, pathname.slice(basePath.length + 1))
}
