import { type Match, type RouteTable, decode, matchRoute, operationsOf } from '../../core/http/route-table.ts'

/** The three ways to say the same thing: OpenAI, Azure v1, Azure with `api-version`. */
export type PathForm = 'openai' | 'azure-v1' | 'azure-dated'

/** Paths of OpenAI's document. */
export const routePatterns: RouteTable = [
  ['files', { POST: 'files.create', GET: 'files.list' }],
  ['files/*', { GET: 'files.retrieve', DELETE: 'files.delete' }],
  ['files/*/content', { GET: 'files.content' }],
  ['batches', { POST: 'batches.create', GET: 'batches.list' }],
  ['batches/*', { GET: 'batches.retrieve' }],
  ['batches/*/cancel', { POST: 'batches.cancel' }],
  ['chat/completions', { POST: 'chat.completions' }],
  ['responses', { POST: 'responses' }],
  ['embeddings', { POST: 'embeddings' }],
  ['models', { GET: 'models.list' }],
  ['models/*', { GET: 'models.retrieve' }],
]

export const operations: readonly string[] = operationsOf(routePatterns)

export interface PathAnswer {
  readonly form: PathForm
  /** From `/openai/deployments/{deployment}/…`; empty elsewhere. */
  readonly deployment: string
  readonly match: Match
}

export function resolvePath(method: string, pathname: string): PathAnswer {
  const { form, deployment, rest } = splitPrefix(pathname)
  return { form, deployment, match: matchRoute(routePatterns, method, rest) }
}

function splitPrefix(pathname: string): { form: PathForm; deployment: string; rest: string } {
  const deployed = /^\/openai\/deployments\/([^/]+)\/(.*)$/.exec(pathname)
  if (deployed) {
    return { form: 'azure-dated', deployment: decode(deployed[1] ?? ''), rest: deployed[2] ?? '' }
  }
  if (pathname.startsWith('/openai/v1/')) {
    return { form: 'azure-v1', deployment: '', rest: pathname.slice('/openai/v1/'.length) }
  }
  if (pathname.startsWith('/openai/')) {
    return { form: 'azure-dated', deployment: '', rest: pathname.slice('/openai/'.length) }
  }
  return { form: 'openai', deployment: '', rest: pathname.startsWith('/v1/') ? pathname.slice(4) : '' }
}
