import { useConnection } from '../api/connection.tsx'
import styles from './connection-mark.module.css'

/** How well the page is told what happens. */
export function ConnectionMark({ short = false }: { readonly short?: boolean }) {
  const { state, retry } = useConnection()
  if (state === 'lost')
    return (
      <button type="button" className={styles['mark']} onClick={retry}>
        <svg viewBox="0 0 10 10" width="9" height="9" aria-hidden="true">
          <path d="M1 1l8 8M9 1l-8 8" stroke="currentColor" strokeWidth="1.8" />
        </svg>
        {short ? 'lost: again' : 'connection lost: try again'}
      </button>
    )
  const live = state === 'live'
  return (
    <span className={styles['mark']} role="status">
      <svg
        viewBox="0 0 10 10"
        width="9"
        height="9"
        aria-hidden="true"
        className={styles[live ? 'live' : 'off']}
      >
        {live ? (
          <circle cx="5" cy="5" r="4" fill="currentColor" />
        ) : (
          <circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" strokeDasharray="2 1.6" />
        )}
      </svg>
      {live ? 'live' : state}
    </span>
  )
}
