import { createContext, type ReactNode, type RefObject, use, useEffect, useRef, useState } from 'react'
import { KeyRegistry } from './registry.ts'

const Keys = createContext<KeyRegistry>(new KeyRegistry())

/** Listens to the keyboard for everything inside. */
export function KeyProvider({ children }: { readonly children: ReactNode }) {
  const [registry] = useState(() => new KeyRegistry())
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
      const dialogIsOpen = document.querySelector('dialog:modal') !== null
      if (registry.press(event.key, Date.now(), dialogIsOpen)) event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [registry])
  return <Keys value={registry}>{children}</Keys>
}

export function useKeyRegistry(): KeyRegistry {
  return use(Keys)
}

export interface KeyOptions {
  /** The heading in the list of keys; `This page` when nothing else is said. */
  readonly group?: string
  readonly inDialog?: boolean
  /** False: the key does nothing now, and is not listed. */
  readonly enabled?: boolean
}

/** Binds a key, or a sequence (`g r`), as long as the caller is on the page. `words`: what the list behind `?` says. */
export function useKey(
  keys: string,
  words: string,
  act: () => void,
  { group = 'This page', inDialog = false, enabled = true }: KeyOptions = {},
): void {
  const registry = use(Keys)
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    if (!enabled) return
    return registry.add({ keys, words, group, inDialog, act: () => latest.current() })
  }, [registry, keys, words, group, inDialog, enabled])
}

/** `j` and `k` go through the rows (`data-row`) of a list; Enter follows the one that has the focus. */
export function useListKeys(list: RefObject<HTMLElement | null>, options: KeyOptions = {}): void {
  const move = (by: number): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = rows.findIndex((row) => row === document.activeElement)
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  useKey('j', 'next row', () => move(1), { group: 'Lists', ...options })
  useKey('k', 'row before', () => move(-1), { group: 'Lists', ...options })
}

function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || key === 'Escape') return false
  return (
    target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])')
  )
}
