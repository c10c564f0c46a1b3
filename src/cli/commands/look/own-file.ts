import { type FileHandle, open, stat } from 'node:fs/promises'
import { OffpeakError } from '../../../domain/errors.ts'
import { yesFlag } from '../../../wording/commands/flags.ts'

/** For every command that writes a file: one that is there and was not written by it is left alone. */
export const forceFlag = yesFlag(
  '--force',
  'write over a file that is there and was not written by this command',
)

/** The beginning and the end of a file, byte for byte as text of latin1. */
export interface FileEdges {
  readonly head: string
  readonly tail: string
}

const edgeBytes = 64 * 1024

/**
 * Throws E_USAGE for a file that is there, holds something, and is not what the command has written before, as `isOwn`
 * tells by its edges.
 */
export async function requireOwnFile(path: string, isOwn: (edges: FileEdges) => boolean): Promise<void> {
  const edges = await readEdges(path)
  if (edges === null || edges.head === '' || isOwn(edges)) return
  throw new OffpeakError('E_USAGE', `${path} is there, and is no file that this command has written`, {
    fix: 'name another file, or add --force to write over it',
  })
}

/** Null: there is no such file, or a device or pipe, which holds nothing. */
async function readEdges(path: string): Promise<FileEdges | null> {
  let file: FileHandle
  try {
    // Opening a pipe would wait for whoever writes into it.
    if (!(await stat(path)).isFile()) return null
    file = await open(path, 'r')
  } catch {
    // What cannot be read is told when it is written.
    return null
  }
  try {
    const stats = await file.stat()
    const piece = async (from: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(edgeBytes), 0, edgeBytes, from)
      return buffer.toString('latin1', 0, bytesRead)
    }
    return { head: await piece(0), tail: await piece(Math.max(0, stats.size - edgeBytes)) }
  } finally {
    await file.close()
  }
}
