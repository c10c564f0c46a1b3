import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { answerFile } from './artefacts.ts'
import type { Flow } from './flow.ts'

const runsAtOnce = 200

/**
 * Removes the request, row and answer files of runs that ended longer ago than `keepMs`, and notes it in the run.
 * What the state says about each record stays.
 */
export async function removeOldFiles(flow: Flow, keepMs: number): Promise<void> {
  const { store, clock, filesDir } = flow
  const before = clock.now() - keepMs
  const old = await store.runs({ endedBefore: before, filesKept: true, limit: runsAtOnce })
  if (old.length === 0) return
  const names = await readdir(filesDir).catch(() => [])
  for (const run of old) {
    const files = [
      // The tag of a request or row file begins with the id of its run.
      ...names.filter((name) => name.startsWith(run.id)).map((name) => join(filesDir, name)),
      ...(await store.attempts(run.id)).flatMap(({ id, nonce }) => [
        answerFile(filesDir, id, nonce, 'output'),
        answerFile(filesDir, id, nonce, 'error'),
      ]),
    ]
    for (const file of files) await rm(file, { force: true })
    await store.changeRun(run.id, ['done', 'cancelled'], { filesRemoved: 1 })
    await store.addEvent(run.id, clock.now(), 'files.removed', { files: files.length })
  }
}
