import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRow } from '../../ports/state.ts'
import { askingPrefix } from '../realtime/asking-log.ts'
import { answerFiles, requestFile } from '../files/durable-file.ts'
import type { Flow } from '../flow.ts'

/**
 * The removal of files that killed processes have left of a run that is over: unfinished files, request files that were
 * never committed, and downloads that were cut. Nobody writes files of the run any more who still has its lease.
 */
export async function removeLeftovers(flow: Flow, run: Pick<RunRow, 'id'>): Promise<void> {
  const { store, filesDir } = flow
  const used = new Set((await store.batches(run.id)).map(({ tag }) => tag))
  const names = await readdir(filesDir).catch(() => [])
  const unused = new Set(
    names
      .filter((name) => name.startsWith(run.id))
      .map(tagOf)
      .filter((tag) => !used.has(tag)),
  )
  for (const tag of unused) {
    // A file without a request is kept for its rows: records that follow requests of other files.
    if (await isEmpty(requestFile(filesDir, tag))) unused.delete(tag)
  }
  const cut = new Set(
    (await store.attempts(run.id)).flatMap((attempt) =>
      answerFiles('', attempt)
        .map((file) => `${file}.part`)
        .concat(`${attempt.id}-${attempt.nonce}.output.tmp`),
    ),
  )
  const asking = (await store.attempts(run.id)).map(askingPrefix)
  for (const name of names) {
    if (asking.some((prefix) => name.startsWith(prefix))) await rm(join(filesDir, name), { force: true })
    const isOurs = name.startsWith(run.id) && (name.endsWith('.tmp') || unused.has(tagOf(name)))
    if (isOurs || cut.has(name)) await rm(join(filesDir, name), { force: true })
  }
}

function tagOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}

async function isEmpty(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size === 0
  } catch {
    return false
  }
}
