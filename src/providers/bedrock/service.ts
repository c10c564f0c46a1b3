import type { BatchService, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { Bucket, ListedObject } from './bucket.ts'
import { folderOf } from './job.ts'
import { jobNameOf } from './job-mark.ts'
import type { Jobs } from './jobs.ts'
import { addressOf, fileNameOf, type ObjectAddress, uriOf } from './object-address.ts'
import { replyOf } from './reply.ts'

/** Where jobs read and write, and as whom. */
export interface Place {
  readonly bucket: string
  /** Empty, or ends with a slash. */
  readonly prefix: string
  readonly roleArn: string
  /** How long a job may take, 24 to 168; null leaves it to the service. */
  readonly timeoutHours: number | null
}

/** Jobs over objects: what is staged is an object, and the results of a job are a folder of its own. */
export function bedrockService(jobs: Jobs, bucket: Bucket, place: Place): BatchService {
  const input = (filename: string): ObjectAddress => ({
    bucket: place.bucket,
    key: `${place.prefix}input/${filename}`,
  })
  const outputUri = uriOf({ bucket: place.bucket, key: `${place.prefix}output/` })

  return {
    async stage(file, signal) {
      const at = input(file.filename)
      const reply = await replyOf('stores', () => bucket.put(at, file, signal))
      if (reply.kind !== 'accepted') return reply
      return { kind: 'accepted', value: stagedOf({ ...at, bytes: file.bytes, changedAt: null }) }
    },

    findStaged: (name, signal) =>
      replyOf('repeatable', async () => {
        const found = (await bucket.list(input(name), signal)).map(stagedOf)
        return found.toSorted((one, other) => (other.createdAtMs ?? 0) - (one.createdAtMs ?? 0))
      }),

    async staged(handle, signal) {
      const at = addressOf(handle)
      return at === null
        ? noneSuch(handle)
        : replyOf('repeatable', async () => stagedOf(await bucket.head(at, signal)))
    },

    create: ({ staged, model, metadata, idempotencyKey }, signal) =>
      replyOf('spends', () =>
        jobs.create(
          {
            name: jobNameOf(metadata['offpeak_nonce'] ?? idempotencyKey),
            token: idempotencyKey,
            modelId: model,
            roleArn: place.roleArn,
            inputUri: staged,
            outputUri,
            timeoutHours: place.timeoutHours,
          },
          signal,
        ),
      ),

    batch: (arn, signal) => replyOf('repeatable', () => jobs.get(arn, signal)),
    batches: (sinceMs, signal) => replyOf('repeatable', () => jobs.list(sinceMs, signal)),

    cancel: (arn, signal) =>
      replyOf('repeatable', async () => {
        await jobs.stop(arn, signal)
        return jobs.get(arn, signal)
      }),

    async fetch(part, path, signal, bound) {
      const { uri, mayBeEmpty } = folderOf(part)
      const folder = addressOf(uri)
      if (folder === null) return noneSuch(part)
      const listed = await replyOf('repeatable', () => bucket.list(folder, signal))
      if (listed.kind !== 'accepted') return listed
      const results = listed.value.filter(isResult).toSorted(byKey)
      if (results.length === 0 && !mayBeEmpty) return noneSuch(uri)
      return replyOf('repeatable', () => bucket.read(results, path, bound?.maxBytes ?? Infinity, signal))
    },

    async discard(handle, signal) {
      const { uri } = folderOf(handle)
      const at = addressOf(uri)
      if (at === null) return { kind: 'accepted', value: null }
      return replyOf('repeatable', async () => {
        // A folder holds the results, and the manifest beside them.
        const objects = at.key.endsWith('/') ? await bucket.list(at, signal) : [at]
        for (const object of objects) await bucket.remove(object, signal)
        return null
      })
    },
  }
}

/** An output object is called as its input, with `.out` behind it; the manifest counts and holds no lines. */
function isResult(object: ListedObject): boolean {
  const name = fileNameOf(object)
  return name.endsWith('.out') && name !== 'manifest.json.out'
}

function byKey({ key: one }: ListedObject, { key: other }: ListedObject): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function stagedOf(object: ListedObject): StagedFile {
  return {
    id: uriOf(object),
    filename: fileNameOf(object),
    bytes: object.bytes,
    status: 'ready',
    createdAtMs: object.changedAt?.getTime() ?? null,
  }
}

function noneSuch(what: string): Reply<never> {
  return {
    kind: 'refused',
    cause: 'gone',
    status: null,
    message: `there is nothing at ${what}`,
    retryAfterMs: null,
  }
}
