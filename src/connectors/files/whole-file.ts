import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { diskError } from '../../domain/disk-fault.ts'
import { pathFault } from './path-fault.ts'

export interface WholeFileOptions {
  /** Whether other content gives way; if not, two writers at once never clobber each other. */
  readonly replace: boolean
  /** Gathers the directories that `syncDirectories` has to make durable. */
  readonly directories: Set<string>
}

/**
 * The result of writing a file that is whole or absent: `written`, `same` when it has this text already, `kept` when it
 * has another and must not be replaced, or the problem that its path has. Throws E_DISK.
 */
export function writeWholeFile(
  path: string,
  text: string,
  { replace, directories }: WholeFileOptions,
): 'written' | 'same' | 'kept' | { readonly problem: string } {
  return guarded(path, () => {
    try {
      return writeAt(path, text, { replace, directories })
    } catch (thrown) {
      const problem = pathFault(thrown)
      if (problem === null) throw thrown
      return { problem }
    }
  })
}

function writeAt(
  path: string,
  text: string,
  { replace, directories }: WholeFileOptions,
): 'written' | 'same' | 'kept' {
  if (holds(path, text)) return 'same'
  const directory = dirname(path)
  const first = mkdirSync(directory, { recursive: true })
  if (first !== undefined) directories.add(dirname(first))
  directories.add(directory)
  // Of a name of its own: one made of the file's could be longer than a file system takes, where the file's is not.
  const temporary = join(directory, `.${randomUUID()}.tmp`)
  try {
    const handle = openSync(temporary, 'wx', 0o644)
    try {
      writeFileSync(handle, text)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    if (replace) renameSync(temporary, path)
    else if (!linkNew(temporary, path)) return holds(path, text) ? 'same' : 'kept'
    return 'written'
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** A sync that makes new names in directories durable. Throws E_DISK. */
export function syncDirectories(directories: ReadonlySet<string>): void {
  for (const directory of directories) {
    guarded(directory, () => {
      const handle = openSync(directory, 'r')
      fsyncSync(handle)
      closeSync(handle)
    })
  }
}

/** A link is only made where there is no file yet, whoever else is about to make one. */
function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'EEXIST') return false
    throw thrown
  }
}

/** Whether the file is there with this text; none can be where its path has a problem. Throws E_DISK. */
export function fileHolds(path: string, text: string): boolean {
  return guarded(path, () => {
    try {
      return holds(path, text)
    } catch (thrown) {
      if (pathFault(thrown) === null) throw thrown
      return false
    }
  })
}

function holds(path: string, text: string): boolean {
  const before = statSync(path, { throwIfNoEntry: false })
  return before?.size === Buffer.byteLength(text) && readFileSync(path, 'utf8') === text
}

function guarded<Result>(path: string, act: () => Result): Result {
  try {
    return act()
  } catch (thrown) {
    throw diskError('a file cannot be written', thrown, {
      where: path,
      fix: 'free some disk space, or fix the permissions, and run `offpeak resume`; no answer is lost',
    })
  }
}
