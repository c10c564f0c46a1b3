import { rm } from 'node:fs/promises'
import { answerFile, requestFile, rowsFile } from './artefacts.ts'
import type { Flow } from './flow.ts'

const runsAtOnce = 200

/**
 * Removes the request, row and answer files of runs that ended longer ago than `keepMs`, and notes it in the run.
 * What the state says about each record stays.
 */
export async function removeOldFiles(flow: Flow, keepMs: number): Promise<void> {
  const { store, clock, filesDir } = flow
  const before = clock.now() - keepMs
  for (const run of await store.runs({ endedBefore: before, filesKept: true, limit: runsAtOnce })) {
    const files = [
      ...(await store.batches(run.id)).flatMap(({ tag }) => [
        requestFile(filesDir, tag),
        rowsFile(filesDir, tag),
      ]),
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
