import { useState } from 'react'
import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { Button } from '../../design/controls/button.tsx'
import { Absent, Count, Time } from '../../design/charts/figures.tsx'
import { Section } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import type { Shape } from '../../design/shape.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { type Column, Table } from '../../design/tables/table.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import type { Tone } from '../../words/tone.ts'
import styles from './emulated-batches.module.css'

type EmulatedBatch = EmulatorState['batches'][number]

const shownAtFirst = 50

/** The batches as the emulator has them, the newest first. */
export function EmulatedBatches({ batches }: { readonly batches: EmulatorState['batches'] }) {
  const [all, setAll] = useState(false)
  const newest = batches.toReversed()
  const shown = all ? newest : newest.slice(0, shownAtFirst)
  return (
    <Section title="Its batches">
      {batches.length === 0 ? (
        <p className={styles['none']}>No batch was created here yet.</p>
      ) : (
        <Table caption="Batches of the emulator" columns={columns} rows={shown} rowKey={({ id }) => id} />
      )}
      {shown.length === batches.length ? null : (
        <div>
          <Button onClick={() => setAll(true)}>Show all {formatCount(batches.length)}</Button>
        </div>
      )}
    </Section>
  )
}

const states: Readonly<Record<string, { readonly shape: Shape; readonly tone: Tone }>> = {
  validating: { shape: 'dots', tone: 'faint' },
  in_progress: { shape: 'half', tone: 'accent' },
  finalizing: { shape: 'ring', tone: 'accent' },
  completed: { shape: 'check', tone: 'good' },
  failed: { shape: 'cross', tone: 'bad' },
  expired: { shape: 'clock', tone: 'warn' },
  cancelling: { shape: 'dash', tone: 'warn' },
  cancelled: { shape: 'dash', tone: 'faint' },
}

const columns: readonly Column<EmulatedBatch>[] = [
  {
    id: 'id',
    title: 'batch',
    cell: ({ id }) => <code className={styles['id']}>{id}</code>,
  },
  {
    id: 'status',
    title: 'status',
    cell: ({ status }) => (
      <StateMark
        {...(states[status.toLowerCase()] ?? { shape: 'doubt', tone: 'plain' })}
        words={status.replaceAll('_', ' ')}
      />
    ),
  },
  {
    id: 'done',
    title: 'completed',
    align: 'right',
    cell: ({ completed, total }) => (
      <>
        <Count value={completed} /> of <Count value={total} />
      </>
    ),
  },
  {
    id: 'failed',
    title: 'failed',
    align: 'right',
    hide: 'narrow',
    cell: ({ failed }) => (failed === 0 ? <Absent /> : <Count value={failed} tone="bad" />),
  },
  {
    id: 'created',
    title: 'created, by its clock',
    align: 'right',
    hide: 'medium',
    cell: ({ createdAt }) => <Time at={createdAt} clock />,
  },
  {
    id: 'lives',
    title: 'faults',
    hide: 'narrow',
    cell: ({ scenarios }) =>
      scenarios.length === 0 ? <Absent /> : <PlainText text={scenarios.join(', ')} />,
  },
]
