import type { Config } from '../config/config.ts'
import { OffpeakError } from '../domain/errors.ts'
import type { WakeQueue } from '../drivers/pg-boss.ts'

/** The queue that workers take their work from; null: each process looks into the state itself. Throws E_CONFIG, E_PEER_MISSING. */
export async function queueFor(config: Config): Promise<WakeQueue | null> {
  if (config.settings.worker?.driver !== 'pg-boss') return null
  if (/^postgres(ql)?:\/\//.test(config.state))
    return (await import('../drivers/pg-boss.ts')).openWakeQueue(config.state)
  throw new OffpeakError(
    'E_CONFIG',
    '`worker.driver` is pg-boss, which needs the state in PostgreSQL, and the state is a SQLite file',
    {
      where: config.file ?? config.dir,
      fix: "state: 'postgres://…' in offpeak.config.ts, or worker: { driver: 'local' }",
    },
  )
}
