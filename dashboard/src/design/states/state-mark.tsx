import type { Tone } from '../../words/tone.ts'
import { classes } from '../classes.ts'
import { type Shape, ShapeIcon } from '../shape.tsx'
import styles from './state-mark.module.css'
import tones from './tone.module.css'

/** A state: a shape in its colour, and its word. */
export function StateMark({
  shape,
  tone,
  words,
}: {
  readonly shape: Shape
  readonly tone: Tone
  readonly words: string
}) {
  return (
    <span className={styles['mark']}>
      <span className={classes(styles['shape'], tones[tone])}>
        <ShapeIcon shape={shape} />
      </span>
      {words}
    </span>
  )
}
