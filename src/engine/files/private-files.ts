import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Modes of kept files and folders, which hold records, answers and keys to them: for their owner alone, whatever the
 * umask is.
 */
export const privateFile = 0o600
export const privateFolder = 0o700

const ofOthers = 0o077

/** A folder that only its owner can enter, made, or with others' rights to it removed. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: privateFolder })
  tighten(path)
}

/** The removal of others' rights to a file or a folder, where it is there and ours to change. */
export function tighten(path: string): void {
  try {
    const { mode } = lstatSync(path)
    if ((mode & ofOthers) !== 0) chmodSync(path, mode & ~ofOthers & 0o7777)
  } catch {
    // Not there, or not ours: `doctor` names what stays open.
  }
}

/** The same for all that a folder holds, where somebody else's code has written it. */
export function tightenTree(folder: string): void {
  for (const path of looseEntries(folder)) tighten(path)
}

/** Paths that others may read or enter, of a folder and all that it holds; links are not followed. Empty on Windows. */
export function* looseEntries(folder: string): Generator<string, void> {
  if (process.platform === 'win32') return
  const waiting = [folder]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found || found.isSymbolicLink()) continue
    if ((found.mode & ofOthers) !== 0) yield path
    if (found.isDirectory()) waiting.push(...namesIn(path).map((name) => join(path, name)))
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
