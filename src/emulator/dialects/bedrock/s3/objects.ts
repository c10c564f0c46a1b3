import { hash } from 'node:crypto'
import { Refusal } from '../../../core/errors.ts'
import { isVisible } from '../../../core/http/call.ts'
import type { FileRecord } from '../../../core/records.ts'
import type { BedrockCall } from '../call.ts'
import { manifestKey, manifestText } from '../jobs/manifest.ts'

/** An object of the bucket: an uploaded or written file, or the manifest of a job, which is made when it is asked for. */
export interface StoredObject {
  readonly key: string
  readonly bytes: number
  /** Without quotes. */
  readonly etag: string
  readonly modifiedAtMs: number
  readonly content: { readonly file: FileRecord } | { readonly text: string }
}

/** The guard of the bucket: throws a 404 for every other one. */
export function requireBucket({ bucket }: BedrockCall): void {
  if (bucket === bucketName) return
  throw new Refusal(404, { message: 'The specified bucket does not exist', code: 'NoSuchBucket' })
}

/** A stored object; throws a 404 where there is none. */
export function requireObject(call: BedrockCall): StoredObject {
  requireBucket(call)
  const found = objects(call).find(({ key }) => key === call.id)
  if (found) return found
  throw new Refusal(404, { message: 'The specified key does not exist.', code: 'NoSuchKey' })
}

export function fileOf(call: BedrockCall, key: string): FileRecord | undefined {
  for (const file of call.state.files.values())
    if (file.filename === key && isVisible(call, file)) return file
  return undefined
}

/** All of them, in no order. */
export function objects(call: BedrockCall): readonly StoredObject[] {
  const { state } = call
  const files = [...state.files.values()].filter((file) => isVisible(call, file)).map(fromFile)
  const manifests = [...state.batches.values()]
    .filter((batch) => isVisible(call, batch))
    .flatMap((batch) => {
      const text = manifestText(batch)
      if (text === null) return []
      const modifiedAtMs = batch.times[batch.status] ?? batch.createdAtMs
      const etag = hash('md5', text, 'hex')
      return [
        { key: manifestKey(batch), bytes: Buffer.byteLength(text), etag, modifiedAtMs, content: { text } },
      ]
    })
  return [...files, ...manifests]
}

function fromFile(file: FileRecord): StoredObject {
  return {
    key: file.filename,
    bytes: file.bytes,
    etag: etagOf(file.id),
    modifiedAtMs: file.createdAtMs,
    content: { file },
  }
}

/** The id of a file begins with the digest that is its ETag. */
export function etagOf(id: string): string {
  return id.slice(0, 32)
}

/** The one bucket that there is. */
export const bucketName = 'offpeak-emulator'
