import { OffpeakError } from './errors.ts'

/**
 * Whether a Node, as `process.versions.node` has it, has all that Offpeak stands on: a SQLite whose write-ahead log is
 * repaired (3.51.3; https://sqlite.org/wal.html, "The WAL-reset bug"), and `using`, which Node 22 lacks. Node 24.15.0 is
 * the first such 24 (24.14.1 has SQLite 3.51.2), 25.8.1 the first such 25 (25.8.0 has 3.51.2). `engines` of package.json says
 * the same, as does the launcher.
 */
export function isKnownNode(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major === 24) return minor >= 15
  if (major === 25) return minor > 8 || (minor === 8 && patch >= 1)
  return major > 25
}

export const knownNodes = 'Node 24.15 or newer (of 25, 25.8.1)'

/**
 * A check of the runtime: throws E_ENV where a program that opens a project runs on another Node; Bun and Deno have a
 * SQLite of their own.
 */
export function requireKnownNode(versions: Readonly<Record<string, string | undefined>>): void {
  const { node = '', bun, deno } = versions
  if (bun !== undefined || deno !== undefined || isKnownNode(node)) return
  throw new OffpeakError('E_ENV', `Offpeak needs ${knownNodes}, and this is ${node}.`, {
    where: 'process.version',
    fix: 'install it from https://nodejs.org, or run `nvm install 24`',
  })
}
