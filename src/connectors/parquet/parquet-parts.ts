import { open, readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** A file of a table, and what the names of its directories say of every row in it. */
export interface ParquetPart {
  readonly path: string
  /** `year=2026` in the path is a column `year` with the text `2026`. */
  readonly hive: Readonly<Record<string, string | null>>
}

export interface ParquetParts {
  readonly parts: readonly ParquetPart[]
  /** Files that lie there and are no Parquet, relative to the directory. */
  readonly leftOut: readonly string[]
}

/**
 * The file itself, or all Parquet files in a directory and below, by path, whatever their names end in. Names that
 * begin with a dot or underscore are those of no data (`_SUCCESS`, `_temporary`, `.part-0.crc`).
 */
export async function partsOf(path: string): Promise<ParquetParts> {
  if (!(await stat(path)).isDirectory()) return { parts: [{ path, hive: {} }], leftOut: [] }
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(path.length)
        .replace(/^[/\\]/, ''),
    )
    .filter((name) => !name.split(sep).some((part) => /^[._]/.test(part) && !part.includes('=')))
    .toSorted()
  const [parts, leftOut]: [ParquetPart[], string[]] = [[], []]
  for (const name of names) {
    const file = join(path, name)
    if ((await isFile(file)) && (/\.(?:parquet|parq|pq)$/i.test(name) || (await isParquet(file))))
      parts.push({ path: file, hive: hiveOf(name) })
    else leftOut.push(name)
  }
  return { parts, leftOut }
}

/** Links to nowhere and to directories are none, and neither are pipes. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

async function isParquet(path: string): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return /^PAR[1E]$/.test(buffer.toString('latin1', 0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** Hive escapes what a path cannot hold by `%`, and has a name of its own for null. */
function hiveOf(name: string): Record<string, string | null> {
  const folders = name.split(sep).slice(0, -1)
  return Object.fromEntries(
    folders.flatMap((folder) => {
      const at = folder.indexOf('=')
      if (at < 1) return []
      const value = folder.slice(at + 1)
      return [[unescaped(folder.slice(0, at)), value === hiveNull ? null : unescaped(value)]]
    }),
  )
}

const hiveNull = '__HIVE_DEFAULT_PARTITION__'

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
