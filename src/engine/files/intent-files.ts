import { createHash } from 'node:crypto'
import { copyFile, link, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { openFile } from '../open-file.ts'
import { diskError } from '../../domain/disk-fault.ts'
import type { Intent } from '../../domain/intent.ts'
import { deliveryModes } from '../../domain/delivery-mode.ts'
import { lineHash } from '../../planning/text/line-hashes.ts'
import { requestLines } from './file-lines.ts'

/** A note's place in the files directory, by its number and nonce. */
export interface NotedIntent {
  readonly number: number
  readonly nonce: string
  readonly path: string
}

const intentText = z.object({
  number: z.number(),
  projectId: z.string(),
  runId: z.string(),
  job: z.string(),
  batchN: z.number(),
  attemptId: z.number(),
  nonce: z.string(),
  tag: z.string(),
  inputHash: z.string(),
  deliveryMode: z.enum(deliveryModes),
  filename: z.string().nullable(),
  staged: z.string().nullable(),
  account: z.string(),
  requests: z.number(),
  maxCostMicroUsd: z.number(),
  at: z.number(),
})

/** Notes outlive the version that wrote them: what their fields were called before. */
const earlierNames: ReadonlyMap<string, string> = new Map([
  ['lineage', 'projectId'],
  ['deliveryMode', 'deliveryMode'],
  ['fileId', 'staged'],
])

function byNamesOfToday(note: unknown): unknown {
  return Object.fromEntries(
    Object.entries(Object(note)).map(([name, value]) => [earlierNames.get(name) ?? name, value]),
  )
}

/** Notes lie apart from the files of runs, whose names begin with a run's id. */
function folderOf(filesDir: string): string {
  return join(filesDir, '_intents')
}

/** An intent in a file where a restored state will find it: durable when it resolves. Throws E_DISK. */
export async function writeIntent(filesDir: string, intent: Intent): Promise<void> {
  const folder = folderOf(filesDir)
  const path = join(folder, `${intent.number}-${intent.nonce}.json`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await using file = await openFile(`${path}.tmp`, 'w', 0o600)
    await file.writeFile(`${JSON.stringify(intent)}\n`)
    await file.sync()
    await rename(`${path}.tmp`, path)
    await using directory = await openFile(folder, 'r')
    await directory.sync()
  } catch (thrown) {
    throw diskError('what is about to be sent cannot be noted next to the state', thrown, {
      where: path,
      fix: 'let the folder be one that can be written, and the run continues; nothing is sent before that',
    })
  }
}

/** The intents that are noted in the files directory, oldest first; of several notes of one try the oldest. */
export async function notedIntents(filesDir: string): Promise<readonly NotedIntent[]> {
  const folder = folderOf(filesDir)
  const names = await readdir(folder).catch(() => [])
  return names
    .flatMap((name): NotedIntent[] => {
      const [, number, nonce] = /^(\d+)-(.+)\.json$/.exec(name) ?? []
      if (number === undefined || nonce === undefined) return []
      return [{ number: Number(number), nonce, path: join(folder, name) }]
    })
    .toSorted((one, other) => one.number - other.number)
}

/**
 * The intent of a note; null: it is gone. Of one that cannot be read its name tells the number and the nonce: that
 * something was sent is known, and of which job it was is not.
 */
export async function readIntent({ path, number, nonce }: NotedIntent): Promise<Intent | null> {
  try {
    return intentText.parse(byNamesOfToday(JSON.parse(await readFile(path, 'utf8'))))
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null
    return { ...unreadable, number, nonce }
  }
}

const unreadable: Omit<Intent, 'number' | 'nonce'> = {
  projectId: '',
  runId: '',
  job: '',
  batchN: 0,
  attemptId: 0,
  tag: '',
  inputHash: '',
  deliveryMode: 'batch',
  filename: null,
  staged: null,
  account: '',
  requests: 0,
  maxCostMicroUsd: 0,
  at: 0,
}

/** The removal of notes that nothing can come of any more. */
export async function removeIntents(noted: readonly NotedIntent[]): Promise<void> {
  for (const { path } of noted) await rm(path, { force: true })
}

/** The id is the first value of a line, and begins with a tag of sixteen characters. */
const beforeId = Buffer.from('":"')

/** Where the tag of a line's id ends. */
function tagEnd(line: Buffer): number {
  return line.indexOf(beforeId) + beforeId.length + 16
}

/**
 * Hash of the content of a request file without the tag of its ids: files of equal content have equal lines but for it,
 * in the same order. Throws E_DISK when the file is not there.
 */
export async function inputHash(filesDir: string, tag: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const lines of requestLines(filesDir, tag))
    for (const { bytes } of lines) hash.update(bytes.subarray(tagEnd(bytes))).update('\n')
  return hash.digest('base64url')
}

/** The lines of a request file as `lineHash` has them, without their ids, which tell their places too. Throws E_DISK when it is not there. */
export async function* requestHashes(filesDir: string, tag: string): AsyncGenerator<bigint> {
  for await (const lines of requestLines(filesDir, tag))
    for (const { bytes } of lines) yield lineHash(bytes.subarray(bytes.indexOf('"', tagEnd(bytes))))
}

/**
 * A second name for the files of one attempt, which are named by id and nonce, for the attempt that continues with
 * them.
 */
export async function linkAnswers(filesDir: string, from: string, to: string): Promise<void> {
  if (from === to) return
  for (const name of await readdir(filesDir).catch(() => [])) {
    if (!name.startsWith(`${from}.`) && !name.startsWith(`${from}-`)) continue
    if (name.endsWith('.tmp') || name.endsWith('.part')) continue
    const target = join(filesDir, `${to}${name.slice(from.length)}`)
    await link(join(filesDir, name), target).catch(async (thrown: unknown) => {
      if (codeOf(thrown) === 'EEXIST') return
      await copyFile(join(filesDir, name), target)
    })
  }
}

function codeOf(thrown: unknown): unknown {
  return Reflect.get(Object(thrown), 'code')
}
