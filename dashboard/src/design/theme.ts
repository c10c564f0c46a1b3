import { useSyncExternalStore } from 'react'

/** `auto` follows the system. */
export type ThemeChoice = 'auto' | 'light' | 'dark'

const place = 'offpeak.theme'
const listeners = new Set<() => void>()
const systemDark = matchMedia('(prefers-color-scheme: dark)')

function read(): ThemeChoice {
  try {
    const kept = localStorage.getItem(place)
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    // A browser that keeps nothing for anybody.
    return 'auto'
  }
}

let choice = read()

function show(): void {
  if (choice === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = choice
  for (const listener of listeners) listener()
}

/** Puts the remembered choice on the page, before anything is drawn. */
export function startTheme(): void {
  systemDark.addEventListener('change', show)
  show()
}

export function chooseTheme(chosen: ThemeChoice): void {
  choice = chosen
  try {
    if (chosen === 'auto') localStorage.removeItem(place)
    else localStorage.setItem(place, chosen)
  } catch {
    // It holds for this visit.
  }
  show()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What was chosen, and what that comes to now. */
export function useTheme(): { readonly choice: ThemeChoice; readonly dark: boolean } {
  const chosen = useSyncExternalStore(subscribe, () => choice)
  const dark = useSyncExternalStore(
    subscribe,
    () => choice === 'dark' || (choice === 'auto' && systemDark.matches),
  )
  return { choice: chosen, dark }
}
