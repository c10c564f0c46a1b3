import type { ReactNode } from 'react'
import type { Tone } from '../../words/tone.ts'
import { classes } from '../classes.ts'
import styles from './meter.module.css'

export interface MeterPart {
  readonly name: string
  readonly value: number
  readonly tone: Tone
  /** Held, and not spent or done yet. */
  readonly hatched?: boolean
  /** What is left over: it stays empty, and only the legend names it. */
  readonly rest?: boolean
  /** The value in words, for the legend and for those who hear it. */
  readonly text: string
  /** A look instead of the plain text in the legend. */
  readonly shown?: ReactNode
}

interface MeterProps {
  /** What it measures: `Records of run 7k2m`. */
  readonly label: string
  readonly parts: readonly MeterPart[]
  /** What all of it is; what the parts do not fill stays empty. */
  readonly total: number
  readonly tall?: boolean
  /** Names its parts beneath. */
  readonly legend?: boolean
}

/** A stacked bar: every part differs in pattern as well as in colour, and is named. */
export function Meter({ label, parts, total, tall = false, legend = false }: MeterProps) {
  const whole = Math.max(
    total,
    parts.reduce((sum, { value, rest }) => (rest ? sum : sum + value), 0),
  )
  const filled = parts.filter(({ value, rest }) => value > 0 && rest !== true)
  const words = filled.map(({ name, text }) => `${name} ${text}`).join(', ')
  const bar = (
    <div
      role="img"
      aria-label={`${label}: ${words === '' ? 'nothing yet' : words}`}
      className={classes(styles['meter'], tall && styles['tall'])}
    >
      {filled.map(({ name, value, tone, hatched, text }) => (
        <div
          key={name}
          title={`${name}: ${text}`}
          className={classes(styles['part'], styles[hatched ? 'hatched' : tone])}
          style={{ width: `${(value / whole) * 100}%` }}
        />
      ))}
    </div>
  )
  if (!legend) return bar
  return (
    <div className={styles['whole']}>
      {bar}
      <ul className={styles['legend']}>
        {parts.map(({ name, tone, hatched, rest, text, shown }) => (
          <li key={name}>
            <span
              aria-hidden="true"
              className={classes(styles['swatch'], styles[rest ? 'rest' : hatched ? 'hatched' : tone])}
            />
            {name} <b>{shown ?? text}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}
