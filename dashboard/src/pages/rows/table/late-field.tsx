import { useEffect, useRef, useState } from 'react'
import { TextField } from '../../../design/controls/field.tsx'

const pauseMs = 350

/** A text of the address: it takes what is typed when the typing pauses. */
export function LateField({
  label,
  value,
  onChange,
  ...rest
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly inputMode?: 'numeric'
  readonly size?: number
  readonly 'data-filter'?: string
}) {
  const [typed, setTyped] = useState({ value, of: value })
  const text = typed.of === value ? typed.value : value
  const latest = useRef(onChange)
  useEffect(() => {
    latest.current = onChange
  })
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => latest.current(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text, value])
  return (
    <TextField
      {...rest}
      label={label}
      inline
      value={text}
      onChange={(event) => setTyped({ value: event.target.value, of: value })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onChange(text)
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
