import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

const script = join(import.meta.dirname, '../support/read-mutated.ts')
const told = z.object({ outcomes: z.record(z.string(), z.int()), mebibytes: z.number() })

/** A kind of file, how many changed ones are read, and the codes that they may be refused with. */
const kinds: readonly (readonly [kind: string, count: number, refused: readonly string[]])[] = [
  ['jsonl', 300, ['E_SOURCE_FILE', 'E_SOURCE_ROW']],
  ['csv', 300, ['E_SOURCE_FILE', 'E_SOURCE_ROW', 'E_SOURCE_KEY']],
  ['quoted csv', 300, ['E_SOURCE_FILE', 'E_SOURCE_ROW', 'E_SOURCE_KEY']],
  ['gzip', 200, ['E_SOURCE_FILE']],
  ['zstd', 200, ['E_SOURCE_FILE']],
  ['parquet', 300, ['E_SOURCE_FILE', 'E_SOURCE_KEY']],
  ['pdf', 200, []],
  ['images', 300, []],
]

test.each(kinds)(
  'a changed file of %s ends in rows, problems or words, loses nothing and takes little memory',
  { timeout: 120_000 },
  async (kind, count, refused) => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--max-old-space-size=96', '-C', 'offpeak-source', script, kind, '16', String(count)],
      { timeout: 110_000 },
    )
    // Nor does a library say anything of its own.
    expect(stderr).toBe('')
    const { outcomes, mebibytes } = told.parse(JSON.parse(stdout))
    const known = new Set(['rows', 'problems', ...refused])
    expect(Object.keys(outcomes).filter((outcome) => !known.has(outcome))).toEqual([])
    // Neither all nor none are refused: else nothing was tried.
    expect(Object.keys(outcomes).length).toBeGreaterThan(1)
    expect(mebibytes).toBeLessThan(450)
  },
)
