import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isGone, processName } from './machine.ts'

test.runIf(process.platform === 'linux')('tells a process that is over from one that goes on', () => {
  const own = processName()
  expect(isGone(own)).toBe(false)
  // A process that has ended and was waited for has no entry any more.
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  expect(isGone(own.replace(/\d+$/, String(pid)))).toBe(true)
})

test('says nothing of processes that are counted elsewhere', () => {
  expect(isGone('another-host/1234abcd-1/1')).toBe(false)
  expect(isGone(processName().replace(/\/[^/]*\//, '/another-table/'))).toBe(false)
  expect(isGone('made up')).toBe(false)
})
