import { Refusal, badRequest } from '../../../core/errors.ts'
import type { Reply } from '../../../core/http/reply.ts'
import type { BedrockCall } from '../call.ts'
import { xml, xmlHead, xmlHeaders } from '../errors.ts'
import { type StoredObject, objects, requireBucket } from './objects.ts'

/** AWS document, S3 API reference, ListObjectsV2: at most, and when nothing is said. */
const maxKeys = 1000

/** ListObjectsV2: keys in the order of their bytes, with `prefix`, `delimiter`, `start-after` and continuation. */
export function listObjects(call: BedrockCall): Reply {
  const { query } = call
  requireBucket(call)
  if (query.get('list-type') !== '2')
    throw new Refusal(501, { message: 'Of the lists of a bucket, this emulator has ListObjectsV2 alone.' })
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const limit = readLimit(query.get('max-keys'))
  const token = query.get('continuation-token')
  const after = token === null ? (query.get('start-after') ?? '') : readToken(token)
  const entries = entriesOf(objects(call), prefix, delimiter).filter(
    ({ name }) => after === '' || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0,
  )
  const page = entries.slice(0, limit)
  const truncated = entries.length > page.length && page.length > 0
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string): string => text
  const body = [
    `${xmlHead}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
    element('Name', call.bucket),
    element('Prefix', encode(prefix)),
    delimiter === '' ? '' : element('Delimiter', encode(delimiter)),
    element('KeyCount', String(page.length)),
    element('MaxKeys', String(limit)),
    element('IsTruncated', String(truncated)),
    token === null ? '' : element('ContinuationToken', token),
    truncated ? element('NextContinuationToken', writeToken(page.at(-1)?.name ?? '')) : '',
    ...page.map(({ name, object }) =>
      object === null
        ? `<CommonPrefixes>${element('Prefix', encode(name))}</CommonPrefixes>`
        : contents(object, encode(name)),
    ),
    '</ListBucketResult>',
  ].join('')
  return { status: 200, headers: xmlHeaders, body }
}

interface Entry {
  readonly name: string
  /** `null`: what the keys that go on behind the delimiter have in common. */
  readonly object: StoredObject | null
}

function entriesOf(all: readonly StoredObject[], prefix: string, delimiter: string): readonly Entry[] {
  const entries = new Map<string, Entry>()
  for (const object of all) {
    const { key } = object
    if (!key.startsWith(prefix)) continue
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const name = end === -1 ? key : key.slice(0, end + delimiter.length)
    entries.set(name, { name, object: end === -1 ? object : null })
  }
  return [...entries.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

function contents({ etag, bytes, modifiedAtMs }: StoredObject, key: string): string {
  return `<Contents>${element('Key', key)}${element('LastModified', new Date(modifiedAtMs).toISOString())}${element('ETag', `"${etag}"`)}${element('Size', String(bytes))}<StorageClass>STANDARD</StorageClass></Contents>`
}

function element(name: string, text: string): string {
  return `<${name}>${xml(text)}</${name}>`
}

function readLimit(text: string | null): number {
  if (text === null || text === '') return maxKeys
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 0)
    throw badRequest('Provided max-keys not an integer or within integer range', null, 'InvalidArgument')
  return Math.min(limit, maxKeys)
}

function writeToken(name: string): string {
  return Buffer.from(name).toString('base64url')
}

function readToken(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8')
}
