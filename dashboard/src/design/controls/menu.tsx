import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import { Button } from './button.tsx'
import { Chevron } from './chevron.tsx'
import { classes } from '../classes.ts'
import { placeBy } from './place-by.ts'
import styles from './menu.module.css'

export interface MenuEntry {
  readonly words: string
  /** At the right: how many, or why not. */
  readonly note?: ReactNode
  readonly tone?: 'plain' | 'danger'
  readonly disabled?: boolean
  readonly act: () => void
}

/** A button with more to choose from. */
export function Menu({
  label,
  entries,
  align = 'right',
}: {
  readonly label: string
  readonly entries: readonly MenuEntry[]
  readonly align?: 'left' | 'right'
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const items = (): readonly HTMLElement[] => [
    ...(list.current?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? []),
  ]
  const move = (event: KeyboardEvent): void => {
    const all = items()
    const at = all.findIndex((item) => item === document.activeElement)
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    all[(at + by + all.length) % all.length]?.focus()
  }
  return (
    <>
      <Button ref={button} popoverTarget={id} aria-haspopup="menu">
        {label}
        <Chevron />
      </Button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className={styles['menu']}
        onKeyDown={move}
        onToggle={({ newState }) => {
          if (newState !== 'open' || list.current === null || button.current === null) return
          placeBy(list.current, button.current, align)
          items()[0]?.focus()
        }}
      >
        {entries.map(({ words, note, tone, disabled = false, act }) => (
          <button
            key={words}
            type="button"
            role="menuitem"
            disabled={disabled}
            className={classes(styles['entry'], tone === 'danger' && styles['danger'])}
            onClick={() => {
              list.current?.hidePopover()
              act()
            }}
          >
            {words}
            {note === undefined ? null : <span className={styles['note']}>{note}</span>}
          </button>
        ))}
      </div>
    </>
  )
}
