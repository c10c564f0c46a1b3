import { shareServer } from './postgres.ts'

/** Nothing is started here: the first test that asks for PostgreSQL starts it; this only makes sure that it ends. */
export function setup(): () => Promise<void> {
  process.env['OFFPEAK_TEST_OWNER_PID'] = String(process.pid)
  return shareServer()
}
