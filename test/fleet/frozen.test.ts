import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { newRun } from '../../src/testing/stores/fixtures.ts'
import { createDatabase } from '../support/postgres.ts'

/** Whether the process stands still (proc(5), state T). */
async function isStopped(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return text.split(') ')[1]?.startsWith('T') === true
}

test.runIf(process.platform === 'linux')(
  'a process that is frozen in a transaction stands in nobody’s way for long, and the others say for whom they wait',
  async () => {
    await using database = await createDatabase()
    await using store = await openStore(database.url, 'lineage')
    const told: (string | null)[] = []
    store.watch.onTrouble((trouble) => told.push(trouble?.words ?? null))
    const child = spawn(process.execPath, [join(import.meta.dirname, 'frozen-holder.ts'), database.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const ended = once(child, 'close')
    await expect.poll(() => isStopped(child.pid ?? 0), { timeout: 20_000 }).toBe(true)

    // The same job may live once: this one has to wait for the other one's transaction.
    const { run, attached } = await store.startRun(newRun('going', null, 'notes'))
    expect({ id: run.id, attached }).toEqual({ id: 'going', attached: false })
    expect(told.filter((words) => words !== null).join('\n')).toContain('offpeak frozen-test')
    await expect.poll(() => told.at(-1)).toBeNull()

    child.kill('SIGCONT')
    await ended
    expect(said.trim(), 'its session was ended, which passes automatically').toBe('E_DATABASE')
    expect((await store.runs({ live: true, limit: 10 })).map(({ id }) => id)).toEqual(['going'])
  },
)

test('a session of the state names its process to those who look at the server', async () => {
  await using database = await createDatabase()
  await using store = await openStore(database.url, 'lineage', { session: 'offpeak here/1' })
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int as count from pg_stat_activity where application_name = 'offpeak here/1'",
  )
  await client.end()
  expect(store.kind).toBe('postgres')
  expect(rows[0]?.count).toBeGreaterThan(0)
})
