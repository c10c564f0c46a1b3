import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Downloaded, InputFile } from '../../ports/provider/batch-service.ts'
import { BoundError } from '../http/exchange.ts'
import { openExact } from '../http/bodies/framed-file.ts'
import { PartFile } from '../http/bodies/part-file.ts'
import { callTimeouts, type Timeouts } from '../http/timeouts.ts'
import type { AwsClients } from './clients.ts'
import { deadline } from './deadline.ts'
import type { ObjectAddress } from './object-address.ts'
import { fromAws } from './reply.ts'

/** An object as a list tells of it. */
export interface ListedObject extends ObjectAddress {
  readonly bytes: number | null
  readonly changedAt: Date | null
}

/** As much of S3 as jobs need. Every method is one attempt, and throws what the AWS SDK throws. */
export interface Bucket {
  put(at: ObjectAddress, file: InputFile, signal?: AbortSignal): Promise<void>
  head(at: ObjectAddress, signal?: AbortSignal): Promise<ListedObject>
  /** All objects whose key begins so. */
  list(prefix: ObjectAddress, signal?: AbortSignal): Promise<readonly ListedObject[]>
  remove(at: ObjectAddress, signal?: AbortSignal): Promise<void>
  /** Brings objects into one file of lines, in their order; a connection that breaks is taken up where it broke. */
  read(
    from: readonly ObjectAddress[],
    to: string,
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<Downloaded>
}

/** So often is one object taken up again. */
const maxContinuations = 5
const newline = 0x0a

/** The bucket of a project's batches, over the S3 client. */
export function openBucket({ s3 }: Pick<AwsClients, 's3'>, timeouts: Timeouts): Bucket {
  const small = (signal?: AbortSignal): { abortSignal: AbortSignal } => deadline(timeouts.callMs, signal)
  const large = (signal?: AbortSignal): { abortSignal: AbortSignal } => deadline(timeouts.transferMs, signal)
  const named = ({ bucket, key }: ObjectAddress): { Bucket: string; Key: string } => ({
    Bucket: bucket,
    Key: key,
  })

  return {
    async put(at, file, signal) {
      const { client, sdk } = await s3()
      const handle = await openExact(file)
      const body = handle.createReadStream()
      try {
        const command = new sdk.PutObjectCommand({ ...named(at), Body: body, ContentLength: file.bytes })
        const { deadlineMs } = callTimeouts('upload', timeouts, file.bytes)
        fromAws(await client.send(command, deadline(deadlineMs, signal)), hasTag)
      } finally {
        body.destroy()
        await handle.close()
      }
    },

    async head(at, signal) {
      const { client, sdk } = await s3()
      const { ContentLength, LastModified } = fromAws(
        await client.send(new sdk.HeadObjectCommand(named(at)), small(signal)),
        hasTag,
      )
      return { ...at, bytes: ContentLength ?? null, changedAt: LastModified ?? null }
    },

    async list({ bucket, key }, signal) {
      const { client, sdk } = await s3()
      const found: ListedObject[] = []
      for (let token: string | undefined; ;) {
        const command = new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: key,
          ...(token !== undefined && { ContinuationToken: token }),
        })
        const page = fromAws(
          await client.send(command, small(signal)),
          ({ IsTruncated }) => IsTruncated !== undefined,
        )
        for (const { Key, Size, LastModified } of page.Contents ?? [])
          if (Key !== undefined)
            found.push({ bucket, key: Key, bytes: Size ?? null, changedAt: LastModified ?? null })
        token = page.NextContinuationToken
        if (page.IsTruncated !== true || token === undefined) return found
      }
    },

    async remove(at, signal) {
      const { client, sdk } = await s3()
      const output = await client.send(new sdk.DeleteObjectCommand(named(at)), small(signal))
      fromAws(output, ({ $metadata }) => $metadata.httpStatusCode === 204)
    },

    async read(from, to, maxBytes, signal) {
      const { client, sdk } = await s3()
      const part = await PartFile.open(to)
      try {
        let announcedBytes = 0
        for (const at of from) {
          const get = async (range: object): Promise<GetObjectCommandOutput> =>
            fromAws(
              await client.send(new sdk.GetObjectCommand({ ...named(at), ...range }), large(signal)),
              hasTag,
            )
          announcedBytes += await readObject(get, part, maxBytes, signal)
        }
        await part.finish()
        return { bytes: part.bytes, announcedBytes, whole: true }
      } catch (thrown) {
        await part.discard()
        throw thrown
      }
    },
  }
}

/** Every object has a tag, which stands in each answer about it (S3, Common response headers). */
function hasTag({ ETag }: { readonly ETag?: string | undefined }): boolean {
  return ETag !== undefined
}

/** One object behind what is in the part already, each of its versions alone; returns what of it was kept. */
async function readObject(
  get: (range: object) => Promise<GetObjectCommandOutput>,
  part: PartFile,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const before = part.bytes
  const first = await get({})
  const { ContentLength: total, ETag: version } = first
  let body = first.Body
  let last = newline
  for (let continuations = 0; ; continuations += 1) {
    const reached = part.bytes
    try {
      for await (const piece of body === undefined ? [] : chunksOf(body)) {
        if (part.bytes + piece.length > maxBytes)
          throw new BoundError(`the results are larger than the ${maxBytes} bytes that are allowed`)
        last = piece.at(-1) ?? last
        await part.write(piece, true)
      }
      if (total !== undefined && part.bytes - before < total)
        throw new Error(`the object ended after ${part.bytes - before} of ${total} bytes`)
      break
    } catch (thrown) {
      const goesOn = part.bytes > reached && continuations < maxContinuations && version !== undefined
      if (thrown instanceof BoundError || !goesOn || signal?.aborted === true) throw thrown
      body = (await get({ Range: `bytes=${part.bytes - before}-`, IfMatch: version })).Body
    }
  }
  // The last line of an object and the first of the next are two.
  if (last !== newline) await part.write(Buffer.from('\n'), false)
  return part.bytes - before
}

async function* chunksOf(body: NonNullable<GetObjectCommandOutput['Body']>): AsyncIterable<Buffer> {
  if (!(Symbol.asyncIterator in body)) throw new Error('the object came in no stream of this machine')
  for await (const piece of body) yield Buffer.from(piece)
}
