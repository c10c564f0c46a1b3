import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseJson } from './json.ts'
import { diskRetryMs, isDiskFault, privateFile, privateFolder } from './disk.ts'

/** An append-only file of JSON lines: what is in it has happened, the rest never did. */
export interface Journal {
  /** Resolves when the entry is on the disk; entries of one tick share one flush. */
  append(entry: object): Promise<void>
  /** Writes what waits, and this behind it. */
  close(last?: object): Promise<void>
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

/** A journal that starts anew from `entries` (temp file + rename: a crash leaves the old or the new one). */
export async function rewriteJournal(path: string, entries: readonly object[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: privateFolder })
  const temporary = `${path}.tmp`
  await writeFile(temporary, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), {
    flush: true,
    mode: privateFile,
  })
  await rename(temporary, path)
}

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** While the disk is full, entries wait for it in their order, and who appends them waits too: memory is never ahead. */
export function openJournal(path: string): Journal {
  const descriptor = openSync(path, 'a', privateFile)
  let size = fstatSync(descriptor).size
  let waiting: Waiting[] = []
  let closed = false
  let retry: NodeJS.Timeout | null = null

  const write = (group: readonly Waiting[]): void => {
    const bytes = Buffer.from(group.map((item) => item.text).join(''))
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done)
      fdatasyncSync(descriptor)
      size += bytes.length
    } catch (error) {
      // Half an entry would take the next one with it.
      ftruncateSync(descriptor, size)
      throw error
    }
  }
  const flush = (): void => {
    retry = null
    const group = waiting
    waiting = []
    if (group.length === 0) return
    try {
      write(group)
      for (const item of group) item.resolve()
    } catch (error) {
      if (isDiskFault(error) && !closed) {
        waiting = group
        retry = setTimeout(flush, diskRetryMs)
        return
      }
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
    close: async (last) => {
      if (closed) return
      closed = true
      if (retry !== null) clearTimeout(retry)
      flush()
      // The clock goes on from the newest entry where this one finds no room.
      if (last !== undefined)
        waiting.push({
          text: `${JSON.stringify(last)}\n`,
          resolve: () => undefined,
          reject: () => undefined,
        })
      flush()
      closeSync(descriptor)
      await Promise.resolve()
    },
  }
}
