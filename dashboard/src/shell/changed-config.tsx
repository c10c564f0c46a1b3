import { useNow } from '../design/now.ts'
import { formatAgo } from '../format/time.ts'
import { useSession } from './session.tsx'
import styles from '../design/states/simulated-band.module.css'

/** Above every page while the configuration is not what the server began with. */
export function ChangedConfig() {
  const { configChanges } = useSession()
  const now = useNow()
  if (configChanges.length === 0) return null
  const last = Math.max(...configChanges.map(({ changedAt }) => changedAt))
  return (
    <p className={styles['band']} role="note" aria-label="Configuration changed">
      <strong>{configChanges.map(({ file }) => file).join(' and ')} changed</strong>
      {last === 0 ? '' : ` ${formatAgo(last, now)}`}. This server continues as it began: end it and start it
      again to take that in. Runs continue then.
    </p>
  )
}
