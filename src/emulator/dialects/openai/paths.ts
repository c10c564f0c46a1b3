/** The three ways to say the same thing: OpenAI, Azure v1, Azure with `api-version`. */
export type Dialect = 'openai' | 'azure-v1' | 'azure-dated'

export type Operation =
  | 'files.create'
  | 'files.list'
  | 'files.retrieve'
  | 'files.content'
  | 'files.delete'
  | 'batches.create'
  | 'batches.list'
  | 'batches.retrieve'
  | 'batches.cancel'
  | 'chat.completions'
  | 'responses'
  | 'embeddings'
  | 'models.list'
  | 'models.retrieve'

export interface Route {
  readonly dialect: Dialect
  readonly operation: Operation
  readonly id: string
  /** From `/openai/deployments/{deployment}/…`; empty elsewhere. */
  readonly deployment: string
}

export type PathAnswer =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'wrong-method'; readonly dialect: Dialect; readonly allow: readonly string[] }
  | { readonly kind: 'unknown'; readonly dialect: Dialect }

/** Paths of OpenAI's document; `*` stands for an id. */
const routePatterns: readonly (readonly [path: string, methods: Readonly<Record<string, Operation>>])[] = [
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

export const operations: readonly Operation[] = routePatterns.flatMap(([, methods]) => Object.values(methods))

export function resolvePath(method: string, pathname: string): PathAnswer {
  const { dialect, deployment, rest } = splitPrefix(pathname)
  const segments = rest.split('/')
  for (const [pattern, methods] of routePatterns) {
    const id = matchPattern(pattern.split('/'), segments)
    if (id === null) continue
    const operation = methods[method]
    if (operation) return { kind: 'route', route: { dialect, operation, id, deployment } }
    return { kind: 'wrong-method', dialect, allow: Object.keys(methods) }
  }
  return { kind: 'unknown', dialect }
}

function splitPrefix(pathname: string): { dialect: Dialect; deployment: string; rest: string } {
  const deployed = /^\/openai\/deployments\/([^/]+)\/(.*)$/.exec(pathname)
  if (deployed) {
    return { dialect: 'azure-dated', deployment: decode(deployed[1] ?? ''), rest: deployed[2] ?? '' }
  }
  if (pathname.startsWith('/openai/v1/')) {
    return { dialect: 'azure-v1', deployment: '', rest: pathname.slice('/openai/v1/'.length) }
  }
  if (pathname.startsWith('/openai/')) {
    return { dialect: 'azure-dated', deployment: '', rest: pathname.slice('/openai/'.length) }
  }
  return { dialect: 'openai', deployment: '', rest: pathname.startsWith('/v1/') ? pathname.slice(4) : '' }
}

/** The id in the path, `''` where the pattern has none, `null` where the path does not match. */
function matchPattern(pattern: readonly string[], segments: readonly string[]): string | null {
  if (pattern.length !== segments.length) return null
  let id = ''
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (part !== '*') {
      if (part !== segment) return null
    } else {
      if (segment === '') return null
      id = decode(segment)
    }
  }
  return id
}

/** Percent-decoding that leaves alone what is not well formed. */
export function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
