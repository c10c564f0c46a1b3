import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { serve as serveCli } from '../cli/child.ts'
import { notesProject } from '../cli/notes-project.ts'
import { temporaryFolder } from '../cli/project.ts'
import { newRun } from '../../src/testing/stores/fixtures.ts'

const key = 'a-key-of-forty-characters-for-this-one-test'

/** Another process in the middle of a transaction on a state. */
async function holdLock(
  path: string,
): Promise<{ readonly pid: number; readonly letGo: () => Promise<void> }> {
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      '-e',
      `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(process.argv[1], { timeout: 10000 })
       db.exec('begin immediate'); console.log('held'); process.stdin.once('data', () => { db.exec('rollback'); db.close(); process.exit() })`,
      path,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  return {
    pid: child.pid ?? 0,
    async letGo() {
      const ended = once(child, 'close')
      child.stdin.write('\n')
      await ended
    },
  }
}

test('a write waits for a lock that another process holds, tells which one, and lets everything else continue', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'state.db')
  await using store = await openStore(path, 'lineage')
  const told: (string | null)[] = []
  store.watch.onTrouble((trouble) => told.push(trouble?.words ?? null))
  const lock = await holdLock(path)
  const written = store.startRun(newRun('waiting'))
  // Other things happen all the while, and what only reads is answered.
  await expect.poll(() => told.at(-1), { timeout: 20_000 }).toContain(`process ${lock.pid}`)
  expect(await store.runs({ limit: 1 })).toEqual([])
  await using other = await openStore(path, 'other')
  expect(other.projectId).toBe('lineage')
  await lock.letGo()
  expect((await written).run.id).toBe('waiting')
  await expect.poll(() => told.at(-1)).toBeNull()
})

test('a lock that is never let go is told as what it is, and the same works later', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'state.db')
  await using store = await openStore(path, 'lineage', { patienceMs: 2_800 })
  const lock = await holdLock(path)
  await expect(store.startRun(newRun('late'))).rejects.toMatchObject({
    code: 'E_DATABASE_BUSY',
    money: 'no',
    where: path,
    message: expect.stringMatching(new RegExp(`another process.*process ${lock.pid}.* holds the lock`)),
  })
  await lock.letGo()
  expect((await store.startRun(newRun('late'))).attached).toBe(false)
})

test('a server answers while its state is locked, and continues with the run afterwards', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await using serving = await serveCli(folder.path, ['serve', '--port', '0', '--json'], {
    OFFPEAK_API_KEY: key,
  })
  const lock = await holdLock(join(folder.path, '.offpeak', 'emulator', 'state.db'))
  const url = String(serving.first['url'])
  const started = fetch(`${url}/api/v1/jobs/notes/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ maxCost: '$1' }),
  })
  let isAnswered = false
  void started.then(
    () => (isAnswered = true),
    () => (isAnswered = true),
  )
  for (let asked = 0; asked < 20; asked += 1) {
    const health = await fetch(`${url}/healthz`)
    expect(health.status).toBe(200)
    await health.arrayBuffer()
  }
  const ready = await fetch(`${url}/readyz`)
  expect(ready.status).toBe(200)
  expect(isAnswered, 'the write waits all the while').toBe(false)
  await lock.letGo()
  expect((await started).status).toBe(201)
})
