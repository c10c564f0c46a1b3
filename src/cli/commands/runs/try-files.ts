import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { typedKey } from '../../../wording/typed-key.ts'
import type { TryResult } from '../../../engine/trial/try-result.ts'
import { diskError } from '../../../domain/disk-fault.ts'
import type { Project } from '../../../compose/project.ts'
import { noteOwnFile, requireOwnFile } from '../look/own-file.ts'

/** Longer names are refused by most file systems. */
const maxNameCharacters = 120

/** What a file is named after. */
type Named = Pick<TryResult, 'key' | 'model'>

/**
 * The files that results are written to, each named after its key (and its model, when there are several). Makes the
 * folder. Throws E_DISK, and E_USAGE for a file that is there and was not written by these commands.
 */
export async function requireResultFiles(
  dir: string,
  results: readonly Named[],
  offpeak: Project,
  force: boolean,
): Promise<void> {
  try {
    await mkdir(dir, { recursive: true })
  } catch (thrown) {
    throw diskError('the results could not be written', thrown, {
      where: dir,
      fix: 'name another folder with --out',
    })
  }
  for (const path of pathsOf(dir, results)) if (existsSync(path)) await requireOwnFile(path, offpeak, force)
}

/** Paths of the results, written as a JSON file each and noted as own files. Returns the paths. Throws E_DISK. */
export async function writeResults(
  dir: string,
  results: readonly TryResult[],
  offpeak: Project,
): Promise<readonly string[]> {
  const paths = pathsOf(dir, results)
  try {
    await mkdir(dir, { recursive: true })
    for (const [index, result] of results.entries()) {
      const path = paths[index] ?? dir
      await writeFile(path, `${JSON.stringify(content(result), bigintAsText, 2)}\n`)
      await noteOwnFile(path, offpeak)
    }
  } catch (thrown) {
    throw diskError('the results cannot be written', thrown, {
      where: dir,
      fix: 'name another folder with --out; what was asked is paid, and --json prints it as well',
    })
  }
  return paths
}

function pathsOf(dir: string, results: readonly Named[]): readonly string[] {
  const models = new Set(results.map(({ model }) => model)).size
  const taken = new Set<string>()
  return results.map(({ key, model }) =>
    join(dir, freeName(fileName(models > 1 ? `${key}.${model}` : key), taken)),
  )
}

/** The text only where it is not what the output says. */
function content({ text, ...result }: TryResult): object {
  const answer = result.output === null ? { text } : {}
  return { schema: 'offpeak.try-result/2', ...result, key: typedKey(result.key), ...answer }
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** A key as a name that every file system takes and that leads nowhere else. */
function fileName(key: string): string {
  const name = typedKey(key)
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^\.+/, '_')
  return name === '' ? '_' : name.slice(0, maxNameCharacters)
}

function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${name}-${number}`
  taken.add(free.toLowerCase())
  return `${free}.json`
}
