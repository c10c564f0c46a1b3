import { type ReactNode, useEffect } from 'react'
import styles from './page.module.css'

interface PageProps {
  /** Also the title of the tab. */
  readonly title: string
  /** Beside the title: a state, a model. */
  readonly beside?: ReactNode
  /** Under it: a sentence. */
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page: its one heading, what can be done with it, and its parts under each other. */
export function Page({ title, beside, lead, actions, children }: PageProps) {
  useTitle(title)
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <div className={styles['words']}>
          <div className={styles['title']}>
            <h1>{title}</h1>
            {beside === undefined ? null : <div className={styles['beside']}>{beside}</div>}
          </div>
          {lead === undefined ? null : <div className={styles['lead']}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** Names the tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Offpeak`
  }, [title])
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className={styles['section']}>
      <div className={styles['sectionHead']}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** Filters and what belongs to them, in a row. */
export function Toolbar({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles['toolbar']} role="group" aria-label={label}>
      {children}
    </div>
  )
}

export interface FactEntry {
  readonly name: string
  readonly value: ReactNode
  readonly note?: ReactNode
}

/** Figures with their names, side by side. */
export function Facts({ entries }: { readonly entries: readonly (FactEntry | null)[] }) {
  return (
    <dl className={styles['facts']}>
      {entries.map((entry) =>
        entry === null ? null : (
          <div key={entry.name} className={styles['fact']}>
            <dt>{entry.name}</dt>
            <dd>
              {entry.value}
              {entry.note === undefined ? null : <div className={styles['note']}>{entry.note}</div>}
            </dd>
          </div>
        ),
      )}
    </dl>
  )
}
