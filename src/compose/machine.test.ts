import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { isGone, processName } from './machine.ts'

test.runIf(process.platform === 'linux')('tells a process that is over from one that continues', () => {
  const own = processName()
  expect(isGone(own)).toBe(false)
  // A process that has ended and was waited for has no entry any more.
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect(isGone(own.replace(/\d+$/, String(pid)))).toBe(true)
})

test.runIf(process.platform === 'linux')(
  'counts one as over that was killed and that nobody waits for',
  async () => {
    // The shell becomes `sleep`, which never asks what became of the shell's child.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [line]: readonly unknown[] = await once(parent.stdout, 'data')
    const name = processName().replace(/\d+$/, String(line).trim())
    await vi.waitUntil(() => isGone(name))
    parent.kill('SIGKILL')
  },
)

test('says nothing of processes that are counted elsewhere', () => {
  expect(isGone('another-host/1234abcd-1/1')).toBe(false)
  expect(isGone(processName().replace(/\/[^/]*\//, '/another-table/'))).toBe(false)
  expect(isGone('made up')).toBe(false)
})
