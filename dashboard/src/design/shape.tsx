import type { ReactNode } from 'react'

export type Shape =
  | 'check'
  | 'cross'
  | 'down'
  | 'up'
  | 'ring'
  | 'half'
  | 'doubt'
  | 'dots'
  | 'dash'
  | 'bar'
  | 'pause'
  | 'warn'
  | 'eye'
  | 'cut'
  | 'clock'

const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.6, strokeLinecap: 'round' } as const
const circle = <circle cx="8" cy="8" r="6.2" {...stroke} />

/** Each one reads without its colour, and at the size of a letter. */
const shapes: Readonly<Record<Shape, ReactNode>> = {
  check: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.9 8.3l2.2 2.2 4-4.6" {...stroke} stroke="var(--paper)" strokeLinejoin="round" />
    </>
  ),
  cross: (
    <>
      <rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor" />
      <path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4" {...stroke} stroke="var(--paper)" />
    </>
  ),
  down: (
    <>
      {circle}
      <path d="M8 4.6v6M5.6 8.4L8 10.9l2.4-2.5" {...stroke} strokeLinejoin="round" />
    </>
  ),
  up: (
    <>
      {circle}
      <path d="M8 11.2v-6M5.6 7.5L8 5l2.4 2.5" {...stroke} strokeLinejoin="round" />
    </>
  ),
  ring: (
    <>
      <path d="M8 1.8a6.2 6.2 0 1 1-5.4 3.1" {...stroke} />
      <circle cx="8" cy="8" r="2.6" fill="currentColor" />
    </>
  ),
  half: (
    <>
      {circle}
      <path d="M8 3.6a4.4 4.4 0 0 1 0 8.8z" fill="currentColor" />
    </>
  ),
  doubt: (
    <>
      <path d="M8 1.2L14.8 8 8 14.8 1.2 8z" {...stroke} strokeLinejoin="round" />
      <path d="M6.6 6.6a1.5 1.5 0 1 1 2.1 1.4c-.5.2-.7.5-.7 1M8 11.1v.05" {...stroke} strokeWidth="1.4" />
    </>
  ),
  dots: <circle cx="8" cy="8" r="6.2" {...stroke} strokeDasharray="1.2 2.7" />,
  dash: (
    <>
      {circle}
      <path d="M5.2 8h5.6" {...stroke} />
    </>
  ),
  bar: (
    <>
      {circle}
      <path d="M3.8 12.2l8.4-8.4" {...stroke} />
    </>
  ),
  pause: (
    <>
      <rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor" />
      <path d="M6.1 5.2v5.6M9.9 5.2v5.6" {...stroke} stroke="var(--paper)" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.4l7 12.6H1z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />
      <path d="M8 6v3.6M8 11.9v.05" {...stroke} stroke="var(--paper)" />
    </>
  ),
  eye: (
    <>
      <path d="M1.2 8C3 5 5.3 3.6 8 3.6S13 5 14.8 8C13 11 10.7 12.4 8 12.4S3 11 1.2 8z" {...stroke} />
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  cut: (
    <>
      <path d="M2 4h12M2 8h7M2 12h4" {...stroke} />
      <path d="M11.4 9.4l3 3M14.4 9.4l-3 3" {...stroke} />
    </>
  ),
  clock: (
    <>
      {circle}
      <path d="M8 4.6V8l2.3 1.7" {...stroke} strokeLinejoin="round" />
    </>
  ),
}

/** A sign beside its word; it says nothing by itself to a screen reader. */
export function ShapeIcon({ shape, size = 14 }: { readonly shape: Shape; readonly size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      {shapes[shape]}
    </svg>
  )
}
