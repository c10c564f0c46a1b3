import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import styles from './button.module.css'
import { classes } from '../classes.ts'

interface Look {
  /** `primary` is the one thing to do here; `danger` cannot be taken back; `quiet` has no frame. */
  readonly tone?: 'plain' | 'primary' | 'danger' | 'quiet'
  /** It is at work: it cannot be pressed again, and says so. */
  readonly busy?: boolean
  readonly children: ReactNode
}

function look({ tone = 'plain', busy = false }: Omit<Look, 'children'>, more?: string): string {
  return classes(styles['button'], tone === 'plain' ? null : styles[tone], busy && styles['busy'], more)
}

export function Button({
  tone = 'plain',
  busy = false,
  disabled = false,
  className,
  type = 'button',
  ...rest
}: Look & ComponentProps<'button'>) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy}
      className={look({ tone, busy }, className)}
    />
  )
}

/** The same by its address, also where there is no router. */
export function AnchorButton({
  tone = 'plain',
  className,
  children,
  ...rest
}: Omit<Look, 'busy'> & ComponentProps<'a'>) {
  return (
    <a {...rest} className={look({ tone }, className)}>
      {children}
    </a>
  )
}

/** A link within the dashboard that looks like a button. */
export const ButtonLink = createLink(AnchorButton)
