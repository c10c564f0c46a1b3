import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'
import { classes } from '../classes.ts'
import styles from './dialog.module.css'

interface DialogProps {
  readonly title: string
  /** Called when it is closed, by a button, by Escape or by a click beside it. */
  readonly onClose: () => void
  /** At its foot, right: the way out first, the act last. */
  readonly actions?: ReactNode
  readonly wide?: boolean
  readonly children: ReactNode
}

/** Where typing begins: a field, else the way out. */
function firstOf(dialog: HTMLElement): HTMLElement | null {
  return (
    dialog.querySelector<HTMLElement>('input:not([type=checkbox]), select, textarea') ??
    dialog.querySelector<HTMLElement>('footer button') ??
    dialog.querySelector<HTMLElement>('h2')
  )
}

/** A modal dialog; it is open as long as it is rendered, and gives the focus back. */
export function Dialog({ title, onClose, actions, wide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    if (element !== null && !element.open) {
      element.showModal()
      firstOf(element)?.focus()
    }
    return () => {
      element?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Escape does the same by itself
    <dialog
      ref={dialog}
      className={classes(styles['dialog'], wide && styles['wide'])}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className={styles['head']}>
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        <Button tone="quiet" aria-label="Close" onClick={onClose}>
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
          </svg>
        </Button>
      </div>
      <div className={styles['body']}>{children}</div>
      {actions === undefined ? null : <footer className={styles['actions']}>{actions}</footer>}
    </dialog>
  )
}
