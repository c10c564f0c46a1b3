import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { recentRuns } from '../../src/stores/runs/recent-runs.ts'
import { createDatabase } from '../support/postgres.ts'
import { newRun } from '../../src/testing/stores/fixtures.ts'

async function madeRuns(location: string): Promise<void> {
  await using store = await openStore(location, 'lineage1')
  await store.startRun({ ...newRun('old'), now: 1 })
  await store.startRun({ ...newRun('new'), now: 2 })
}

const both = [
  { id: 'new', job: 'job-new', state: 'building' },
  { id: 'old', job: 'job-old', state: 'building' },
]

test('the newest runs of a SQLite state are read without making or changing anything', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'offpeak-recent-'))
  const path = join(folder, 'state.db')
  expect(await recentRuns(path, 5)).toEqual([])
  expect(existsSync(path)).toBe(false)
  await madeRuns(path)
  expect(await recentRuns(path, 5)).toEqual(both)
  expect(await recentRuns(path, 1)).toEqual(both.slice(0, 1))
  await using store = await openStore(path, 'lineage1')
  expect(await recentRuns(path, 5), 'while another process has it open').toHaveLength(2)
  expect(await store.run('new')).not.toBeNull()
  writeFileSync(join(folder, 'other.db'), 'no database')
  await expect(recentRuns(join(folder, 'other.db'), 5)).rejects.toThrow('not a database')
  await rm(folder, { recursive: true, force: true })
})

test('the newest runs of a PostgreSQL state are read in a read-only transaction', async () => {
  await using database = await createDatabase()
  await expect(recentRuns(database.url, 5)).rejects.toThrow('runs')
  await madeRuns(database.url)
  expect(await recentRuns(database.url, 5)).toEqual(both)
})
