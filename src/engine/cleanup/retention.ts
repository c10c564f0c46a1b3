import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { attemptFileNonce } from '../files/durable-file.ts'

const runsAtOnce = 200

/** The request, row and answer files of a run that has ended. */
export interface OldFiles {
  readonly run: RunRow
  /** Paths. */
  readonly files: readonly string[]
  readonly bytes: number
}

/** Ended runs whose files are older than `keepMs` and still there, newest first; changes nothing. */
export async function oldFiles(
  { store, clock, filesDir }: Pick<Flow, 'store' | 'clock' | 'filesDir'>,
  keepMs: number,
  limit: number,
): Promise<readonly OldFiles[]> {
  const before = clock.now() - keepMs
  const old = await store.runs({ endedBefore: before, filesKept: true, limit })
  if (old.length === 0) return []
  const names = await readdir(filesDir).catch(() => [])
  const found: OldFiles[] = []
  for (const run of old) {
    // An attempt that has gone on as one of a state that is gone shares its nonce, and its files under another name.
    const nonces = new Set((await store.attempts(run.id)).map(({ nonce }) => nonce))
    const files = names
      .filter((name) => {
        const nonce = attemptFileNonce(name)
        // The tag of a request or row file begins with the id of its run.
        return nonce === null ? name.startsWith(run.id) : nonces.has(nonce)
      })
      .map((name) => join(filesDir, name))
    found.push({ run, files, bytes: await sizeOf(files) })
  }
  return found
}

/**
 * The request, row and answer files that were removed of runs that ended longer ago than `keepMs` (milliseconds); each
 * removal is noted in its run. What the state says about each record stays. Returns what was removed.
 */
export async function removeOldFiles(flow: Flow, keepMs: number): Promise<readonly OldFiles[]> {
  const { store, clock } = flow
  const removed: OldFiles[] = []
  for (const old of await oldFiles(flow, keepMs, runsAtOnce)) {
    const { run, files } = old
    // Somebody may have opened it again to retry.
    if ((await store.run(run.id))?.liveKey !== null) continue
    for (const file of files) await rm(file, { force: true })
    await store.changeRun(run.id, ['done', 'cancelled'], { filesRemoved: 1 })
    await store.addEvent(run.id, clock.now(), 'files.removed', { files: files.length })
    removed.push(old)
  }
  return removed
}

/** How many bytes files have together; one that is gone has none. */
export async function sizeOf(files: readonly string[]): Promise<number> {
  let bytes = 0
  for (const file of files) bytes += (await stat(file).catch(() => null))?.size ?? 0
  return bytes
}
