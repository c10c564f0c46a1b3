import { Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { ConnectionMark } from './connection-mark.tsx'
import { Foot } from './foot.tsx'
import { Mark } from './mark.tsx'
import { useSession } from './session.tsx'
import styles from './navigation.module.css'

/** The ways to the pages, and what is true of all of them. */
export function Navigation() {
  const { emulator, project } = useSession()
  const panel = useRef<HTMLDivElement>(null)
  const close = (): void => {
    if (panel.current?.matches(':popover-open')) panel.current.hidePopover()
  }
  const links = (
    <ul className={styles['links']}>
      <li>
        <Link to="/runs" activeOptions={{ includeSearch: false }} onClick={close}>
          Runs
        </Link>
      </li>
      <li>
        <Link to="/jobs" onClick={close}>
          Jobs
        </Link>
      </li>
      <li>
        <Link to="/costs" onClick={close}>
          Costs
        </Link>
      </li>
      <li>
        <Link to="/compare" onClick={close}>
          Compare
        </Link>
      </li>
      {emulator ? (
        <li>
          <Link to="/emulator" onClick={close}>
            Emulator
          </Link>
        </li>
      ) : null}
      <li>
        <Link to="/docs" onClick={close}>
          API
        </Link>
      </li>
    </ul>
  )
  return (
    <header className={styles['head']}>
      <div className={styles['brand']}>
        <Mark />
        <span className={styles['name']}>Offpeak</span>
        <span className={styles['project']} title={project}>
          {project}
        </span>
      </div>
      <nav aria-label="Pages" className={styles['wide']}>
        {links}
      </nav>
      <div className={styles['foot']}>
        <Foot />
      </div>
      <div className={styles['small']}>
        <ConnectionMark short />
        <button type="button" popoverTarget="way" className={styles['open']} aria-label="Pages">
          <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
            <path d="M2 4.5h12M2 8h12M2 11.5h12" stroke="currentColor" strokeWidth="1.5" />
          </svg>
        </button>
      </div>
      <div id="way" ref={panel} popover="auto" className={styles['panel']}>
        <nav aria-label="Pages">{links}</nav>
        <Foot />
      </div>
    </header>
  )
}
