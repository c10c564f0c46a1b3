import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRow } from '../../ports/state.ts'
import { answerFiles } from '../requests/artefacts.ts'
import type { Flow } from '../flow.ts'

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
  const there = new Set(names)
  const found: OldFiles[] = []
  for (const run of old) {
    const files = [
      // The tag of a request or row file begins with the id of its run.
      ...names.filter((name) => name.startsWith(run.id)),
      ...(await store.attempts(run.id))
        .flatMap((attempt) => answerFiles('', attempt))
        .filter((name) => there.has(name)),
    ].map((name) => join(filesDir, name))
    let bytes = 0
    for (const file of files) bytes += await sizeOf(file)
    found.push({ run, files, bytes })
  }
  return found
}

/**
 * Removes the request, row and answer files of runs that ended longer ago than `keepMs`, and notes it in the run.
 * What the state says about each record stays. Returns what was removed.
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

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}
