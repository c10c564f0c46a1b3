import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { bucket, readObject, refusal, s3 } from './bedrock-kit.ts'
import { startFast } from '../emulator-kit.ts'

let emulator: Emulator
let client: S3Client
beforeAll(async () => {
  emulator = await startFast()
  client = s3(emulator)
})
afterAll(async () => {
  await emulator.close()
})

const put = (Key: string, Body: string | Readable, more: object = {}): Promise<unknown> =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }))

describe("S3's own client", () => {
  it('puts an object, asks for it, reads it whole and in a range, and deletes it', async () => {
    const made = await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'a/b c+ü.jsonl', Body: 'hello world' }),
    )
    expect(made.ETag).toBe('"5eb63bbbe01eeed093cb22bb8f5acdc3"')
    const where = { Bucket: bucket, Key: 'a/b c+ü.jsonl' }
    expect(await client.send(new HeadObjectCommand(where))).toMatchObject({
      ContentLength: 11,
      ETag: made.ETag,
      AcceptRanges: 'bytes',
    })
    expect(await readObject(emulator, where.Key)).toBe('hello world')
    const part = await client.send(new GetObjectCommand({ ...where, Range: 'bytes=6-' }))
    expect(part).toMatchObject({ ContentRange: 'bytes 6-10/11', ContentLength: 5 })
    expect(await part.Body?.transformToString()).toBe('world')
    const beyond = await refusal(client.send(new GetObjectCommand({ ...where, Range: 'bytes=20-' })))
    expect(beyond).toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } })
    await client.send(new DeleteObjectCommand(where))
    await client.send(new DeleteObjectCommand(where))
    expect(await refusal(client.send(new GetObjectCommand(where)))).toMatchObject({ name: 'NoSuchKey' })
    expect((await refusal(client.send(new HeadObjectCommand(where)))).$metadata.httpStatusCode).toBe(404)
  })

  it('takes a stream in chunks with a checksum behind it', async () => {
    const pieces = Array.from({ length: 300 }, (_value, index) => `${'x'.repeat(997)}${index}\n`)
    const content = pieces.join('')
    await put('stream.jsonl', Readable.from(pieces.map((piece) => Buffer.from(piece))), {
      ContentLength: content.length,
    })
    expect(await readObject(emulator, 'stream.jsonl')).toBe(content)
  })

  it('puts a new object in the place of an old one, unless it is told not to', async () => {
    await put('same', 'one')
    await put('same', 'two')
    expect(await readObject(emulator, 'same')).toBe('two')
    const refused = await refusal(put('same', 'three', { IfNoneMatch: '*' }))
    expect(refused).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } })
    expect(await readObject(emulator, 'same')).toBe('two')
  })

  it('refuses content that is not what its checksum says', async () => {
    const refused = await refusal(put('wrong', 'content', { ChecksumCRC32: 'AAAAAA==' }))
    expect(refused.name).toBe('BadDigest')
    expect(await refusal(readObject(emulator, 'wrong'))).toMatchObject({ name: 'NoSuchKey' })
  })

  it('lists keys in the order of their bytes, by prefix, delimiter and page', async () => {
    for (const key of ['l/b', 'l/a', 'l/Z', 'l/x/1', 'l/x/2', 'l/ü & <']) await put(key, key)
    const keysOf = (pages: readonly ListObjectsV2CommandOutput[]): readonly (string | undefined)[] =>
      pages.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key))
    const pages = await Array.fromAsync(
      paginateListObjectsV2({ client, pageSize: 4 }, { Bucket: bucket, Prefix: 'l/' }),
    )
    expect(pages.map(({ KeyCount }) => KeyCount)).toEqual([4, 2])
    expect(keysOf(pages)).toEqual(['l/Z', 'l/a', 'l/b', 'l/x/1', 'l/x/2', 'l/ü & <'])
    const folded = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'l/', Delimiter: '/', StartAfter: 'l/b' }),
    )
    expect(folded.CommonPrefixes).toEqual([{ Prefix: 'l/x/' }])
    expect(keysOf([folded])).toEqual(['l/ü & <'])
    expect(folded.Contents?.[0]).toMatchObject({ Size: 8, StorageClass: 'STANDARD' })
    expect(folded.IsTruncated).toBe(false)
  })

  it('has one bucket, and says in XML what it has not', async () => {
    expect((await client.send(new HeadBucketCommand({ Bucket: bucket }))).$metadata.httpStatusCode).toBe(200)
    expect(await refusal(client.send(new ListObjectsV2Command({ Bucket: 'another-bucket' })))).toMatchObject({
      name: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
    })
    const unsigned = await fetch(`${emulator.baseUrls['bedrock']}/s3/${bucket}/key`)
    expect(unsigned.status).toBe(403)
    expect(unsigned.headers.get('content-type')).toBe('application/xml')
    expect(await unsigned.text()).toContain('<Code>AccessDenied</Code>')
    await using own = await startFast({ apiKeys: ['AKIASOMEONE'] })
    expect(await refusal(s3(own).send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' })))).toMatchObject({
      $metadata: { httpStatusCode: 403 },
    })
    expect(await refusal(s3(own).send(new GetObjectCommand({ Bucket: bucket, Key: 'k' })))).toMatchObject({
      name: 'InvalidAccessKeyId',
    })
    const known = s3(own, 'AKIASOMEONE').send(new ListObjectsV2Command({ Bucket: bucket }))
    expect(await known).toMatchObject({ KeyCount: 0 })
  })
})
