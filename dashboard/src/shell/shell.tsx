import { Outlet } from '@tanstack/react-router'
import { LiveProvider } from '../api/connection.tsx'
import { Keys } from './keys.tsx'
import { Navigation } from './navigation.tsx'
import { SessionGate } from './session.tsx'
import styles from './shell.module.css'

/** The frame: the way to every page at the left, or behind a button on a narrow window; the page itself. */
export function Shell() {
  return (
    <SessionGate>
      <LiveProvider>
        <div className={styles['shell']}>
          <a href="#page" className={styles['skip']}>
            To the page
          </a>
          <Navigation />
          <main id="page" className={styles['page']} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
        <Keys />
      </LiveProvider>
    </SessionGate>
  )
}
