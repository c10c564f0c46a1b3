import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openStore } from '../../src/stores/open.ts'
import { required } from '../../src/testing/stores/fixtures.ts'
import { runCli } from '../cli/child.ts'
import { linesOf } from '../cli/project.ts'
import { sumOf } from '../engine/run-kit.ts'
import { copyKept, type CopiedState, type Row } from './upgrade/copy.ts'
import { readRecorded, replay } from './upgrade/in-flight/recorded.ts'

/*
 * States of earlier versions, in which a batch was on its way at Anthropic and one at Gemini: whoever goes on with them
 * brings their answers, and makes no second batch.
 */

const folder = join(import.meta.dirname, 'upgrade', 'in-flight')
const versions = (await readdir(folder)).filter((name) => /^\d{4}$/.test(name)).toSorted()
const kinds = ['SQLite', 'PostgreSQL'] as const
const titled = z.object({ key: z.string(), title: z.string().min(1) })

/** The services are elsewhere than they were. */
async function moveHost(
  copy: Pick<CopiedState, 'tables' | 'execute'>,
  was: string,
  host: string,
): Promise<void> {
  const holds = (row: Row, column: string): boolean => String(row[column]).includes(was)
  for (const [table, rows] of await copy.tables())
    for (const column of Object.keys(rows[0] ?? {}))
      if (rows.some((row) => holds(row, column)))
        await copy.execute(`update ${table} set ${column} = replace(${column}, '${was}', '${host}')`)
}

describe.for(versions)('a state of schema %s', (version) => {
  test.for(kinds)('with batches on their way is carried on in %s', { timeout: 180_000 }, async (kind) => {
    const kept = join(folder, version, kind)
    const recorded = await readRecorded(join(kept, 'provider.json'))
    await using copy = await copyKept(kept, kind)
    await using services = await replay(recorded)
    await moveHost(copy, recorded.host, services.host)
    const env = {
      ANTHROPIC_API_KEY: 'fixture-key',
      ANTHROPIC_BASE_URL: `http://${services.host}/anthropic`,
      GEMINI_API_KEY: 'fixture-key',
      GOOGLE_GEMINI_BASE_URL: `http://${services.host}/gemini`,
    }
    for (const [job, billMicroUsd] of Object.entries(recorded.billMicroUsd)) {
      const { exit, stderr, stdout } = await runCli(copy.dir, ['resume', job, '--json'], env)
      expect(exit, `${stderr}\n${stdout}\n${services.calls.join('\n')}`).toBe(0)
      const lines = linesOf(join(copy.dir, `${job}.jsonl`), titled)
      expect(lines.map(({ key }) => Number(key)).toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 8 }, (_row, index) => index + 1),
      )
      await using store = await openStore(copy.location, 'other')
      const run = required((await store.runs({ job, limit: 1 }))[0])
      expect(run).toMatchObject({ state: 'done', liveKey: null })
      expect((await store.attempts(run.id)).map(({ state }) => state)).toEqual(['merged'])
      expect(sumOf(await store.ledger({ runId: run.id }), 'settle')).toBe(billMicroUsd)
      expect(await store.budget(`run:${run.id}`)).toMatchObject({
        reservedMicroUsd: 0,
        spentMicroUsd: billMicroUsd,
      })
    }
    expect(
      services.calls.filter((call) => call.startsWith('POST ')),
      'nothing is made a second time',
    ).toEqual([])
  })
})
