import { type FileHandle, realpath, rename, rm, stat } from 'node:fs/promises'
import { openFile } from '../../../engine/open-file.ts'
import { OffpeakError } from '../../../domain/errors.ts'
import { cleanText } from '../../screen/clean.ts'
import type { Output } from '../../io.ts'
import { diskError } from '../../../domain/disk-fault.ts'

/** Where lines of text go, a good piece at a time. */
export interface LineOutput {
  /** False: nobody reads any more. */
  readonly line: (text: string) => Promise<boolean>
  /** All lines are there. */
  readonly end: () => Promise<void>
}

const pieceLength = 65_536

/** Lines to a stream that may be slow, without piling them up. */
export function linesTo(stream: Output): LineOutput {
  let piece = ''
  const flush = async (): Promise<boolean> => {
    // On a terminal, what a model wrote must not steer it; a pipe gets every byte.
    if (piece !== '') stream.write(stream.isTty ? cleanText(piece) : piece)
    piece = ''
    return (await stream.flushed?.()) ?? true
  }
  return {
    async line(text) {
      piece += `${text}\n`
      return piece.length < pieceLength || flush()
    },
    end: async () => void (await flush()),
  }
}

/**
 * The wanted file, once `write` has filled a file next to it, which then gets its name; a link stays one. A device or a
 * pipe cannot be replaced, and is written to itself. Throws E_DISK.
 */
export async function wholeFile(path: string, write: (file: string) => Promise<void>): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const there = await stat(target).catch(() => null)
  const isStream = there !== null && !there.isFile() && !there.isDirectory()
  const temporary = isStream ? target : `${target}.part`
  try {
    await write(temporary)
    if (!isStream) await rename(temporary, target)
  } catch (thrown) {
    if (!isStream) await rm(temporary, { force: true })
    if (thrown instanceof OffpeakError) throw thrown
    throw diskError('the file cannot be written', thrown, {
      where: path,
    })
  }
}

/** Lines to a file. */
export async function linesToFile(path: string, write: (lines: LineOutput) => Promise<void>): Promise<void> {
  let handle: FileHandle | null = null
  try {
    handle = await openFile(path, 'w')
    const file = handle
    let piece = ''
    const flush = async (): Promise<true> => {
      await file.appendFile(piece)
      piece = ''
      return true
    }
    await write({
      async line(text) {
        piece += `${text}\n`
        return piece.length < pieceLength || flush()
      },
      end: async () => void (await flush()),
    })
    if ((await file.stat()).isFile()) await file.sync()
  } finally {
    await handle?.close()
  }
}
