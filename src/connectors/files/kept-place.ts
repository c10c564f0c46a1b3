import { sep } from 'node:path'

/** Folders of tools, which run or believe what lies there. */
const folders: ReadonlySet<string> = new Set(['.offpeak', 'node_modules', '.git'])
const configName = /^offpeak\.config\.[cm]?[jt]s$/

/**
 * What a path from a project's directory is by its names alone, where no answer may be written, in words; null: nothing of
 * that kind.
 */
export function keptPlace(way: string): string | null {
  // A file system may take names of other case for the same.
  const names = way.toLowerCase().split(sep)
  const folder = names.find((name) => folders.has(name))
  if (folder === '.offpeak') return "in Offpeak's own directory"
  if (folder !== undefined) return `in ${folder}`
  const name = names.at(-1) ?? ''
  if (name.startsWith('.env')) return 'an environment file'
  return configName.test(name) ? 'a configuration' : null
}
