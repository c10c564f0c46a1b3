import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { typedKey } from '../../../wording/typed-key.ts'
import type { TryResult } from '../../../engine/plan/try-result.ts'
import { diskError } from '../../../domain/disk-fault.ts'

/** Longer names are refused by most file systems. */
const maxNameCharacters = 120

/**
 * Writes each result as a JSON file named after its key (and its model, when there are several); an older one of the
 * same name is replaced. Returns the paths. Throws E_DISK.
 */
export async function writeResults(dir: string, results: readonly TryResult[]): Promise<readonly string[]> {
  const models = new Set(results.map(({ model }) => model)).size
  const taken = new Set<string>()
  const written: string[] = []
  try {
    await mkdir(dir, { recursive: true })
    for (const result of results) {
      const name = freeName(fileName(models > 1 ? `${result.key}.${result.model}` : result.key), taken)
      const path = join(dir, name)
      await writeFile(path, `${JSON.stringify(content(result), bigintAsText, 2)}\n`)
      written.push(path)
    }
  } catch (thrown) {
    throw diskError('the results cannot be written', thrown, {
      where: dir,
      fix: 'name another folder with --out; what was asked is paid, and --json prints it as well',
    })
  }
  return written
}

/** The text only where it is not what the output says. */
function content({ text, ...result }: TryResult): object {
  const answer = result.output === null ? { text } : {}
  return { schema: 'offpeak.try-result/1', ...result, key: typedKey(result.key), ...answer }
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
