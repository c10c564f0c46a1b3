import { open } from 'node:fs/promises'
import { OffpeakError } from '../domain/errors.ts'
import type { RequestRow, RunRow } from '../ports/state.ts'
import { requestFile } from './artefacts.ts'
import { perform } from './crash-points.ts'
import type { Flow } from './flow.ts'
import type { Lease } from './lease.ts'
import type { PreparedJob } from './prepare.ts'
import { RequestFile } from './request-file.ts'
import { specOf } from './spec.ts'

const bodyStart = Buffer.from('"body":')

/**
 * Puts requests that want another try into a new file: the bytes that were sent before, under new ids, because
 * rendering them again could give something else. True when there was something to send.
 */
export async function buildRetryFile(flow: Flow, lease: Lease, run: RunRow, job: PreparedJob): Promise<boolean> {
  const { store, chance, clock, filesDir, reach } = flow
  const spec = specOf(run)
  const { maxRequests, maxBytes } = job.provider.limits
  const wanted = await store.requestsToRetry(run.id, spec.maxTries, maxRequests)
  if (wanted.length === 0) return false
  const quota = await store.quota(spec.quotaKey)
  const tag = chance.id(10)
  // The oldest reading of the run: what was touched since counts as changed, whichever file a request comes from.
  const first = await store.batch(run.id, 0)
  const file = new RequestFile({
    filesDir, tag, lineUrl: job.provider.lineUrl(job.endpoint), price: spec.price, maxOutputTokens: spec.maxOutputTokens,
    limits: { maxRequests, maxBytes, maxTokens: quota?.limitTokens ?? null },
  })
  const requests: { seq: number; line: number; fileOffset: number; fileLength: number }[] = []
  try {
    for await (const { request, body } of bodies(filesDir, wanted)) {
      lease.check()
      if (file.fits(body.length) !== 'add') break
      const { line, offset, length } = file.add(body)
      requests.push({ seq: request.seq, line, fileOffset: offset, fileLength: length })
    }
    if (requests.length === 0) {
      throw new OffpeakError('E_PROVIDER_REFUSED', `request ${wanted[0]?.key} alone is larger than the quota of enqueued tokens`, { fix: 'raise the quota, or shorten the prompt' })
    }
    const finished = await perform(reach, 'retry.file.rename', async () => file.finish())
    await perform(reach, 'retry.commit', () =>
      store.commitRetry(lease.claim, {
        batch: { ...finished, n: run.nextBatch, round: run.round + 1, tag, mark: first?.mark ?? null },
        requests, nonce: chance.id(16), now: clock.now(), nextBatch: run.nextBatch + 1, round: run.round + 1,
      }),
    )
    return true
  } catch (thrown) {
    file.discard()
    throw thrown
  }
}

/** The bodies of stored lines, without their frames. */
async function* bodies(filesDir: string, requests: readonly RequestRow[]): AsyncGenerator<{ readonly request: RequestRow; readonly body: Uint8Array }> {
  const byFile = Map.groupBy(requests, (request) => request.fileTag)
  for (const [tag, group] of byFile) {
    if (tag === null) continue
    await using handle = await open(requestFile(filesDir, tag), 'r')
    for (const request of group) {
      const length = request.fileLength ?? 0
      const line = Buffer.allocUnsafe(length)
      const { bytesRead } = await handle.read(line, 0, length, request.fileOffset ?? 0)
      const start = line.indexOf(bodyStart) + bodyStart.length
      if (bytesRead !== length || start < bodyStart.length) throw new OffpeakError('E_DISK', `the request of ${request.key} cannot be read`, { where: requestFile(filesDir, tag) })
      yield { request, body: line.subarray(start, length - 1) }
    }
  }
}
