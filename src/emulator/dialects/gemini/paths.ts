import { type Match, type RouteTable, matchRoute, operationsOf } from '../../core/http/route-table.ts'

/** The service has a host of its own; here it has a prefix. Clients put the version behind it: `/gemini/v1beta`. */
export const basePath = '/gemini'

/** Where the bytes of an upload go; behind it stands the id of the upload. */
export const uploadPath = `${basePath}/upload/v1beta/files`

/** Paths of Gemini's document without their version, and the two that downloads were seen to take. */
const routePatterns: RouteTable = [
  ['upload/files', { POST: 'files.start' }],
  ['upload/files/*', { POST: 'files.create', PUT: 'files.create' }],
  ['download/files/*:download', { GET: 'files.content' }],
  ['files/*:download', { GET: 'files.content' }],
  ['files', { GET: 'files.list' }],
  ['files/*', { GET: 'files.retrieve', DELETE: 'files.delete' }],
  ['models/*:batchGenerateContent', { POST: 'batches.create' }],
  ['models/*:asyncBatchEmbedContent', { POST: 'batches.create' }],
  ['batches/*:cancel', { POST: 'batches.cancel' }],
  ['batches', { GET: 'batches.list' }],
  ['batches/*', { GET: 'batches.retrieve', DELETE: 'batches.delete' }],
  ['models/*:generateContent', { POST: 'models.generate_content' }],
  ['models/*:countTokens', { POST: 'models.count_tokens' }],
  ['models/*:embedContent', { POST: 'models.embed_content' }],
  ['models/*:batchEmbedContents', { POST: 'models.embed_contents' }],
  ['models', { GET: 'models.list' }],
  ['models/*', { GET: 'models.retrieve' }],
]

export const operations: readonly string[] = operationsOf(routePatterns)

/** `v1beta` in the document and in @ai-sdk/google, `v1` in @google/genai 3.3: both have all paths here. */
const versionPattern = /^((?:upload|download)\/)?(v1(?:alpha|beta)?)\//

/** A path: the call that it means, the version in it, and what stands behind its colon (two verbs make a batch). */
export interface ResolvedPath {
  readonly match: Match
  readonly version: string
  readonly verb: string
}

export function resolvePath(method: string, pathname: string): ResolvedPath {
  const path = pathname.slice(basePath.length + 1)
  const version = versionPattern.exec(path)?.[2]
  const verb = /:([A-Za-z]+)$/.exec(path)?.[1] ?? ''
  if (version === undefined) return { match: { kind: 'unknown' }, version: '', verb }
  return { match: matchRoute(routePatterns, method, path.replace(versionPattern, '$1')), version, verb }
}
