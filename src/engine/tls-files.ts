import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { TlsFiles } from '../planning/addresses/postgres-url.ts'

/** The certificates and keys of this machine, and those of its user where psql looks for them too. */
export const tlsFiles: TlsFiles = {
  read: readText,
  readDefault: (name) => readText(join(homedir(), '.postgresql', name)),
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
