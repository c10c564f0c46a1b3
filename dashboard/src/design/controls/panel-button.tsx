import { type ReactNode, useId, useRef } from 'react'
import { Button } from './button.tsx'
import { Chevron } from './chevron.tsx'
import styles from './panel-button.module.css'
import { placeBy } from './place-by.ts'

/** A button that opens a panel of controls, which stays open while they are used. */
export function PanelButton({
  label,
  title,
  align = 'left',
  children,
}: {
  readonly label: ReactNode
  /** What the panel is for. */
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly children: ReactNode
}) {
  const id = useId()
  const panel = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <Button ref={button} popoverTarget={id} aria-haspopup="dialog">
        {label}
        <Chevron />
      </Button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        tabIndex={-1}
        aria-label={title}
        className={styles['panel']}
        onToggle={({ newState }) => {
          if (newState !== 'open' || panel.current === null || button.current === null) return
          placeBy(panel.current, button.current, align)
          panel.current.querySelector<HTMLElement>('input, button, select')?.focus()
        }}
      >
        {children}
      </div>
    </>
  )
}
