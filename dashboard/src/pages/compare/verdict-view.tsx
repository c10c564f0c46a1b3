import type { Comparison } from '../../../../src/server/contract/compare.ts'
import { Meter } from '../../design/charts/meter.tsx'
import { type Shape, ShapeIcon } from '../../design/shape.tsx'
import tones from '../../design/states/tone.module.css'
import { classes } from '../../design/classes.ts'
import { formatCount } from '../../../../src/wording/count.ts'
import type { Tone } from '../../words/tone.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import styles from './verdict-view.module.css'

const marks: Readonly<Record<Verdict['strength'], { readonly shape: Shape; readonly tone: Tone }>> = {
  clear: { shape: 'check', tone: 'good' },
  open: { shape: 'half', tone: 'accent' },
  thin: { shape: 'doubt', tone: 'warn' },
  none: { shape: 'dots', tone: 'faint' },
}

/** What people prefer so far, and whether that says anything. */
export function VerdictView({ comparison }: { readonly comparison: Comparison }) {
  const { a, b, tie, bad } = comparison.preferred
  const { strength, headline, notes } = verdictOf(comparison)
  const { shape, tone } = marks[strength]
  return (
    <div className={styles['verdict']}>
      <p className={styles['headline']} role="status">
        <span className={classes(styles['mark'], tones[tone])}>
          <ShapeIcon shape={shape} size={16} />
        </span>
        {headline}
      </p>
      {notes.length === 0 ? null : (
        <ul className={styles['notes']}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {a + b + tie + bad === 0 ? null : (
        <Meter
          label="Judgements"
          total={a + b + tie + bad}
          tall
          legend
          parts={[
            { name: 'A', value: a, tone: 'plain', text: formatCount(a) },
            { name: 'tie', value: tie, tone: 'faint', text: formatCount(tie) },
            { name: 'both bad', value: bad, tone: 'bad', text: formatCount(bad) },
            { name: 'B', value: b, tone: 'accent', text: formatCount(b) },
          ]}
        />
      )}
    </div>
  )
}
