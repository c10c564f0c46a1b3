import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseJson } from './json.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from './private-modes.ts'

/** An append-only file of JSON lines: what is in it has happened, the rest never did. */
export interface Journal {
  /** Resolves when the entry is on the disk; entries of one tick share one flush. */
  append(entry: object): Promise<void>
  close(): Promise<void>
}

/** The whole lines of a journal; a torn last line (killed while writing) is dropped. */
export function readJournal(path: string): readonly string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').filter((line) => line !== '' && parseJson(line) !== undefined)
}

/** Starts a journal anew from `entries` (temp file + rename: a crash leaves the old or the new one). */
export async function rewriteJournal(path: string, entries: readonly object[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
  const temporary = `${path}.tmp`
  await writeFile(temporary, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), {
    flush: true,
    mode: PRIVATE_FILE,
  })
  await rename(temporary, path)
}

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export function openJournal(path: string): Journal {
  const descriptor = openSync(path, 'a', PRIVATE_FILE)
  let waiting: Waiting[] = []
  let closed = false

  const flush = (): void => {
    const group = waiting
    waiting = []
    if (group.length === 0) return
    try {
      writeSync(descriptor, group.map((item) => item.text).join(''))
      fdatasyncSync(descriptor)
      for (const item of group) item.resolve()
    } catch (error) {
      for (const item of group) item.reject(error)
    }
  }

  return {
    append: (entry) => {
      if (closed) return Promise.reject(new Error('The emulator is closed.'))
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ text: `${JSON.stringify(entry)}\n`, resolve, reject })
      return promise
    },
    close: async () => {
      if (closed) return
      closed = true
      flush()
      closeSync(descriptor)
      await Promise.resolve()
    },
  }
}
