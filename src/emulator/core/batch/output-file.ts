import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs'
import { rename, rm, stat, truncate } from 'node:fs/promises'
import type { Random } from '../random.ts'
import { privateFile } from '../disk.ts'

const maxBufferChars = 262_144
/** Lines that wait for a random turn; the order of an output file is not the order of its input. */
const shuffleLines = 512
const shuffleChars = 4_194_304

/** A file of lines, written in another order than the lines came in unless it keeps it, with flat memory. */
export interface OutputFile {
  add(line: string): void
  /** Writes what waits and moves the file to `path`; returns its size in bytes. */
  finish(path: string): Promise<number>
}

/** `random` chooses the order; `null` keeps it. */
export async function openOutputFile(temporaryPath: string, random: Random | null): Promise<OutputFile> {
  await rm(temporaryPath, { force: true })
  const waiting: string[] = []
  let waitingChars = 0
  let buffer: string[] = []
  let bufferChars = 0

  const isFull = (): boolean =>
    random === null ? waiting.length > 0 : waiting.length > shuffleLines || waitingChars > shuffleChars
  const release = (): void => {
    const index = random === null ? 0 : Math.floor(random() * waiting.length)
    const line = waiting[index] ?? ''
    const last = waiting.pop() ?? ''
    if (index < waiting.length) waiting[index] = last
    waitingChars -= line.length
    buffer.push(line, '\n')
    bufferChars += line.length + 1
  }
  const flush = (): void => {
    const text = buffer.join('')
    buffer = []
    bufferChars = 0
    appendFileSync(temporaryPath, text, { mode: privateFile })
  }

  return {
    add: (line) => {
      waiting.push(line)
      waitingChars += line.length
      while (isFull()) release()
      if (bufferChars >= maxBufferChars) flush()
    },
    finish: async (path) => {
      while (waiting.length > 0) release()
      flush()
      toDisk(temporaryPath)
      const { size } = await stat(temporaryPath)
      await rename(temporaryPath, path)
      return size
    },
  }
}

/**
 * The new length of a finished file from whose end bytes were cut, as in a torn download from the provider's own
 * storage.
 */
export async function cutFile(path: string, bytes: number): Promise<number> {
  const { size } = await stat(path)
  const left = Math.max(0, size - bytes)
  await truncate(path, left)
  return left
}

/** By the plain calls: the handles of Yarn's Plug'n'Play bring nothing to the disk. */
function toDisk(path: string): void {
  const file = openSync(path, 'r+')
  fsyncSync(file)
  closeSync(file)
}
