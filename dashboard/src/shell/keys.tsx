import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { chooseTheme, useTheme } from '../design/theme.ts'
import { KeysDialog } from '../keys/keys-dialog.tsx'
import { useKey } from '../keys/use-key.tsx'
import { useSession } from './session.tsx'

/** The keys that work on every page. */
export function Keys() {
  const [open, setOpen] = useState(false)
  const go = useNavigate()
  const { emulator } = useSession()
  const { dark } = useTheme()
  const way = { group: 'Go to' }
  useKey('g r', 'runs', () => void go({ to: '/runs' }), way)
  useKey('g j', 'jobs', () => void go({ to: '/jobs' }), way)
  useKey('g c', 'costs', () => void go({ to: '/costs' }), way)
  useKey('g m', 'compare', () => void go({ to: '/compare' }), way)
  useKey('g e', 'emulator', () => void go({ to: '/emulator' }), { ...way, enabled: emulator })
  useKey('g a', 'API reference', () => void go({ to: '/docs' }), way)
  useKey('n', 'new run', () => void go({ to: '/new' }), way)
  useKey('?', 'these keys', () => setOpen(true), { group: 'Everywhere' })
  useKey('/', 'filter', focusFilter, { group: 'Everywhere' })
  useKey('d', 'dark or light', () => chooseTheme(dark ? 'light' : 'dark'), { group: 'Everywhere' })
  return open ? <KeysDialog onClose={() => setOpen(false)} /> : null
}

/** Goes to the first filter of the page: whatever is marked with `data-filter`. */
function focusFilter(): void {
  document.querySelector<HTMLElement>('[data-filter]')?.focus()
}
