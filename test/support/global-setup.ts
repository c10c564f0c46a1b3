import { forgetBuild } from './dashboard-build.ts'
import { shareServer } from './postgres.ts'
import { writeToMemory } from './test-disk.ts'

/** Nothing is started here: the first test that asks for PostgreSQL starts it; this only makes sure that it ends. */
export function setup(): () => Promise<void> {
  process.env['OFFPEAK_TEST_OWNER_PID'] = String(process.pid)
  const forget = writeToMemory()
  const stop = shareServer()
  return async () => {
    forgetBuild()
    await stop()
    forget()
  }
}
