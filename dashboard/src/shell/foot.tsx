import { useQueryClient } from '@tanstack/react-query'
import { logout } from '../api/session.ts'
import { Kbd } from '../design/controls/kbd.tsx'
import { type ThemeChoice, chooseTheme, useTheme } from '../design/theme.ts'
import { ConnectionMark } from './connection-mark.tsx'
import { useSession } from './session.tsx'
import styles from './foot.module.css'

const themes: readonly ThemeChoice[] = ['auto', 'light', 'dark']

/** Who is here, how well connected, and how it looks. */
export function Foot() {
  const { name, scope, version, jobs } = useSession()
  const { choice } = useTheme()
  const cache = useQueryClient()
  const leave = (): void => {
    void logout().finally(() => {
      cache.clear()
      location.reload()
    })
  }
  return (
    <div className={styles['foot']}>
      <div className={styles['row']}>
        <ConnectionMark />
        <span>
          keys <Kbd keys="?" />
        </span>
      </div>
      <div className={styles['theme']} role="group" aria-label="Colours">
        {themes.map((theme) => (
          <button
            key={theme}
            type="button"
            aria-pressed={theme === choice}
            onClick={() => chooseTheme(theme)}
          >
            {theme}
          </button>
        ))}
      </div>
      <p>
        {name}, may {scope}
        {jobs === null ? null : `, only ${jobs.join(', ')}`} ·{' '}
        <button type="button" className={styles['plain']} onClick={leave}>
          leave
        </button>
      </p>
      <p>Offpeak {version}</p>
    </div>
  )
}
