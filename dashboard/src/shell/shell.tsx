import { Outlet } from '@tanstack/react-router'
import { LiveProvider } from '../api/connection.tsx'
import { Keys } from './keys.tsx'
import { Navigation } from './navigation.tsx'
import { TypedFlag } from '../design/controls/typed-flag.ts'
import { SimulatedBand } from '../design/states/simulated-band.tsx'
import { ChangedConfig } from './changed-config.tsx'
import { SessionGate, useSession } from './session.tsx'
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
            <EmulatorBand />
            <ChangedConfig />
            <Flagged />
          </main>
        </div>
        <Keys />
      </LiveProvider>
    </SessionGate>
  )
}

/** The page, with the flag that its commands need. */
function Flagged() {
  return (
    <TypedFlag value={useSession().emulatorFlag ? '--emulator' : ''}>
      <Outlet />
    </TypedFlag>
  )
}

/** Above every page where the emulator answers. */
function EmulatorBand() {
  return useSession().simulated ? (
    <SimulatedBand>
      The emulator answers: nothing is sent, nothing is paid, and all you see is invented.
    </SimulatedBand>
  ) : null
}
