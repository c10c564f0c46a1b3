import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { runCli } from '../child.ts'
import { call, providerProject, temporaryFolder } from '../project.ts'

test('a worker ends at a state that cannot be read, as trying again fixes nothing', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const database = new DatabaseSync(join(folder.path, '.offpeak/state.db'))
  database.exec("update runs set spec = '{}'")
  database.close()
  const { exit, stderr } = await runCli(folder.path, ['worker'])
  expect(exit, stderr).toBe(1)
  expect(stderr).toContain('E_STATE_CORRUPT')
  expect(stderr).not.toContain('tried again')
}, 30_000)
