import type { FileHandle } from 'node:fs/promises'
import { openFile } from '../open-file.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import { lostRequestFile } from '../files/file-lines.ts'
import { newTag, requestFile, rowsFile } from '../files/durable-file.ts'
import { readAttached } from '../files/attached-file.ts'
import { bodyOfLine, type AttachedSpan } from '../files/body.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import type { Lease } from '../lease.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { smallFiles } from '../job/delivery-mode.ts'
import { removeUncommitted, RequestFile, sizeOf } from '../files/request-file.ts'
import { isRepairable, Repairer } from './repair.ts'
import { nextRound } from './retry-round.ts'

type Moved = Pick<RequestRow, 'seq' | 'line' | 'fileOffset' | 'fileLength' | 'rowOffset' | 'rowLength'>

/**
 * A new file of requests that want another try: the bytes that were sent before, under new ids, because rendering them
 * again could give something else; with `repair`, an invalid answer and its fault come behind them. True when there was
 * something to send.
 */
export async function buildRetryFile(
  flow: Flow,
  lease: Lease,
  run: RunRow,
  job: PreparedJob,
): Promise<boolean> {
  const { store, random, clock, filesDir, reach } = flow
  const round = await nextRound(flow, run, job)
  if (round === null) return false
  const { spec, limits, isFallback } = round
  // In files of their own, so that what repairs cost is seen apart.
  const repairs = round.wanted.filter((request) => isRepairable(spec, request))
  const wanted = repairs.length > 0 ? repairs : round.wanted
  const repairer = repairs.length > 0 ? new Repairer(flow, job, spec) : null
  const tag = newTag(run.id, random)
  // The oldest reading of the run: what was touched since counts as changed, whichever file a request comes from.
  const first = await store.batch(run.id, 0)
  const file = new RequestFile({
    filesDir,
    tag,
    frame: job.provider.lineFrame(job.endpoint),
    unit: job.unit,
    price: spec.price,
    maxOutputTokens: spec.maxOutputTokens,
    small: smallFiles(job.provider, spec),
    limits,
  })
  const requests: Moved[] = []
  try {
    for await (const { request, body: sent, spans, row } of stored(filesDir, wanted)) {
      lease.check()
      const body = repairer === null ? sent : await repairer.body(request, sent, spans)
      if (file.fits(body.length, spans) !== 'add') break
      const { line, offset, length } = file.add(body, spans)
      // Rows lie beside the file that their request is in.
      const kept = row === null ? null : file.addRow(row)
      requests.push({
        seq: request.seq,
        line,
        fileOffset: offset,
        fileLength: length,
        rowOffset: kept?.offset ?? null,
        rowLength: kept?.length ?? null,
      })
      await file.room()
    }
    if (requests.length === 0)
      throw new OffpeakError(
        'E_PROVIDER_REFUSED',
        `request ${typedKey(wanted[0]?.key ?? '')} is larger than a file may be now; it was sent before under a larger limit`,
        { fix: 'raise `batch.maxBytes`, or shorten the prompt' },
      )
    const finished = await withCrashPoints(reach, 'retry.file.rename', () => file.finish())
    await withCrashPoints(reach, 'retry.commit', () =>
      store.commitRetry(lease.claim, {
        batch: {
          ...sizeOf(finished),
          n: run.nextBatch,
          round: run.round + 1,
          deliveryMode: finished.isSmall ? 'realtime' : spec.deliveryMode,
          tag,
          snapshot: first?.snapshot ?? null,
        },
        requests,
        repairs: repairs.length > 0 ? requests.length : 0,
        nonce: random.id(16),
        now: clock.now(),
        nextBatch: run.nextBatch + 1,
        round: run.round + 1,
        fallbackRows: run.fallbackRows + (isFallback ? requests.length : 0),
      }),
    )
    return true
  } catch (thrown) {
    await file.discard()
    await removeUncommitted(filesDir, tag, thrown)
    throw thrown
  }
}

/** The bodies of stored lines, without their frames, with the rows that were kept beside them. */
async function* stored(
  filesDir: string,
  requests: readonly RequestRow[],
): AsyncGenerator<{
  readonly request: RequestRow
  readonly body: Uint8Array
  readonly spans: readonly AttachedSpan[]
  readonly row: string | null
}> {
  const byFile = Map.groupBy(requests, (request) => request.fileTag)
  for (const [tag, group] of byFile) {
    if (tag === null) continue
    const [linesPath, rowsPath] = [requestFile(filesDir, tag), rowsFile(filesDir, tag)]
    const attached = readAttached(filesDir, tag)
    await using lines = await openSent(linesPath)
    await using rows = group.some(({ rowOffset }) => rowOffset !== null) ? await openSent(rowsPath) : null
    for (const request of group) {
      const line = await slice(lines, linesPath, request.fileOffset ?? 0, request.fileLength ?? 0)
      const body = bodyOfLine(line)
      if (body === null)
        throw lostRequestFile(linesPath, `has no request of ${typedKey(request.key)}`, 'sent')
      const row =
        rows === null || request.rowOffset === null
          ? null
          : await slice(rows, rowsPath, request.rowOffset, request.rowLength ?? 0)
      yield {
        request,
        body,
        spans: attached.get(request.line ?? -1) ?? [],
        row: row?.toString('utf8') ?? null,
      }
    }
  }
}

function openSent(path: string): Promise<FileHandle> {
  return openFile(path, 'r').catch((thrown: unknown) => {
    throw Reflect.get(Object(thrown), 'code') === 'ENOENT'
      ? lostRequestFile(path, 'is not there', 'sent')
      : thrown
  })
}

async function slice(handle: FileHandle, path: string, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(buffer, 0, length, offset)
  if (bytesRead !== length) throw lostRequestFile(path, `ends after ${offset + bytesRead} bytes`, 'sent')
  return buffer
}
