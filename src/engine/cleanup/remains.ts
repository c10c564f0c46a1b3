import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { intentMattersMs } from '../../domain/intent.ts'
import type { Flow } from '../flow.ts'
import { attemptFileNonce } from '../files/durable-file.ts'
import { type NotedIntent, notedIntents, readIntent, removeIntents } from '../files/intent-files.ts'
import { sizeOf } from './retention.ts'

type Kept = Pick<Flow, 'store' | 'clock' | 'filesDir'>

/** Notes and files in the files directory that nobody needs any more. */
export interface Remains {
  /** Notes of tries whose batches no provider shows any more, and of whose runs no files are kept. */
  readonly notes: readonly NotedIntent[]
  /** Paths of files of runs that the state does not know: one that is gone has made them. */
  readonly files: readonly string[]
  readonly bytes: number
}

const maxRuns = 10_000

/**
 * Notes and files that are older than `keepMs` (milliseconds), and older than anything that a provider still shows;
 * changes nothing. Until then a state that is restored or made anew may go on with them.
 */
export async function remains(flow: Kept, keepMs: number): Promise<Remains> {
  const before = flow.clock.now() - Math.max(keepMs, intentMattersMs)
  const files = await unknownFiles(flow, before)
  return { notes: await oldNotes(flow, before), files, bytes: await sizeOf(files) }
}

/** The remains that were removed. */
export async function removeRemains(flow: Kept, keepMs: number): Promise<Remains> {
  const found = await remains(flow, keepMs)
  await flow.store.closeIntents(found.notes.map(({ nonce }) => nonce))
  await removeIntents(found.notes)
  for (const file of found.files) await rm(file, { force: true })
  return found
}

async function oldNotes({ store, filesDir }: Kept, before: number): Promise<readonly NotedIntent[]> {
  const old: NotedIntent[] = []
  for (const noted of await notedIntents(filesDir)) {
    const intent = await readIntent(noted)
    if (intent === null) continue
    const at = intent.at > 0 ? intent.at : ((await stat(noted.path).catch(() => null))?.mtimeMs ?? Infinity)
    // They are numbered in the order in which they were written.
    if (at >= before) break
    const run = await store.run(intent.runId)
    if (run === null || run.filesRemoved === 1) old.push(noted)
  }
  return old
}

async function unknownFiles({ store, filesDir }: Kept, before: number): Promise<readonly string[]> {
  const names = (await readdir(filesDir, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && entry.name.includes('.jsonl'))
    .map(({ name }) => name)
  const old: string[] = []
  for (const name of names)
    if (((await stat(join(filesDir, name)).catch(() => null))?.mtimeMs ?? Infinity) < before) old.push(name)
  if (old.length === 0) return []
  const runs = await store.runs({ limit: maxRuns })
  // With so many runs it cannot be told whose a file is.
  if (runs.length === maxRuns) return []
  const nonces = old.flatMap((name) => attemptFileNonce(name) ?? [])
  const known = new Set((await store.attemptsWith('nonce', nonces)).map(({ nonce }) => nonce))
  return old
    .filter((name) => {
      const nonce = attemptFileNonce(name)
      return nonce === null ? !runs.some(({ id }) => name.startsWith(id)) : !known.has(nonce)
    })
    .map((name) => join(filesDir, name))
}
