import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The doors of the package, and the files behind them. */
export const doors: Readonly<Record<string, string>> = {
  offpeak: 'src/index.ts',
  'offpeak/postgres': 'src/postgres.ts',
  'offpeak/emulator': 'src/emulator/index.ts',
  'offpeak/testing': 'src/testing/index.ts',
}

/** The names that a door exports, sorted; those of types begin with `type `. Throws for an `export *`. */
export async function exportsOf(door: string): Promise<readonly string[]> {
  const text = await readFile(join(root, doors[door] ?? ''), 'utf8')
  if (/^export \*/m.test(text)) throw new Error(`${door} exports names that it does not name`)
  const lists = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type = '', names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => (type !== '' && !name.startsWith('type ') ? `type ${name}` : name)),
  )
  const own = [
    ...text.matchAll(/^export (?:declare )?(?:async )?(const|function|class|interface|type) (\w+)/gm),
  ].map(([, kind = '', name = '']) => (/interface|type/.test(kind) ? `type ${name}` : name))
  return [...lists, ...own].toSorted((one, other) => (bare(one) < bare(other) ? -1 : 1))
}

/** The name without the word that says that it is a type. */
export const bare = (name: string): string => name.replace(/^type /, '')
