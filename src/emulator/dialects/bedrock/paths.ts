import { type Match, type RouteTable, decode, matchRoute, operationsOf } from '../../core/http/route-table.ts'

/** The service has several hosts; here all of it lies behind one prefix. */
export const basePath = '/bedrock'
/** S3, path style: `/bedrock/s3/{bucket}/{key}`. */
export const s3Path = `${basePath}/s3`

/** Paths of `@aws-sdk/client-bedrock`, and of InvokeModel of the host `bedrock-runtime`. */
const bedrockPatterns: RouteTable = [
  ['model-invocation-job', { POST: 'batches.create' }],
  ['model-invocation-job/*', { GET: 'batches.retrieve' }],
  ['model-invocation-job/*/stop', { POST: 'batches.cancel' }],
  ['model-invocation-jobs', { GET: 'batches.list' }],
  ['model/*/invoke', { POST: 'models.invoke' }],
]

const bucketOperations = { GET: 'files.list', HEAD: 'buckets.retrieve' }
const objectOperations = {
  PUT: 'files.create',
  GET: 'files.content',
  HEAD: 'files.retrieve',
  DELETE: 'files.delete',
}

export const operations: readonly string[] = [
  ...operationsOf(bedrockPatterns),
  ...Object.values(bucketOperations),
  ...Object.values(objectOperations),
]

export interface PathAnswer {
  readonly service: 'bedrock' | 's3'
  readonly match: Match
  /** `''` outside S3. */
  readonly bucket: string
}

export function resolvePath(method: string, pathname: string): PathAnswer {
  if (pathname !== s3Path && !pathname.startsWith(`${s3Path}/`))
    return {
      service: 'bedrock',
      bucket: '',
      match: matchRoute(bedrockPatterns, method, pathname.slice(basePath.length + 1)),
    }
  const [bucket = '', ...rest] = pathname.slice(s3Path.length + 1).split('/')
  const key = rest.map(decode).join('/')
  const table: Readonly<Record<string, string>> = key === '' ? bucketOperations : objectOperations
  const operation = Object.hasOwn(table, method) ? table[method] : undefined
  const match: Match =
    bucket === ''
      ? { kind: 'unknown' }
      : operation === undefined
        ? { kind: 'wrong-method', allow: Object.keys(table) }
        : { kind: 'route', operation, id: key }
  return { service: 's3', bucket: decode(bucket), match }
}
