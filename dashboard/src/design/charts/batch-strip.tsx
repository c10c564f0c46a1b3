import { useId, useRef, useState } from 'react'
import type { Batch, RunSummary } from '../../../../src/server/contract/run.ts'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { batchPhases } from '../../words/batch-phase.ts'
import { phaseCounts, phaseOf } from '../../../../src/wording/batch-phase.ts'
import { BatchTip } from './batch-tip.tsx'
import styles from './batch-strip.module.css'
import { classes } from '../classes.ts'
import { placeBy } from '../controls/place-by.ts'
import { ShapeIcon } from '../shape.tsx'
import tones from '../states/tone.module.css'

/** The batches by phase, as shapes with their number: for a line of a table. */
export function PhaseCounts({ batches }: { readonly batches: RunSummary['batches'] }) {
  const counts = phaseCounts(batches)
  if (counts.length === 0) return <span className={tones['faint']}>none yet</span>
  return (
    <span className={styles['counts']}>
      {counts.map(({ phase, count }) => (
        <span
          key={phase}
          className={styles['count']}
          title={`${formatCount(count)} ${batchPhases[phase].words}`}
        >
          <span className={classes(styles['shape'], tones[batchPhases[phase].tone])}>
            <ShapeIcon shape={batchPhases[phase].shape} size={13} />
          </span>
          {formatCount(count)}
          <span className="said">{batchPhases[phase].words}</span>
        </span>
      ))}
    </span>
  )
}

/** One shape for each batch, in the order in which they were built; its details on hover, focus or a tap. */
export function BatchStrip({ batches }: { readonly batches: readonly Batch[] }) {
  const [shown, setShown] = useState<Batch | null>(null)
  const tip = useRef<HTMLDivElement>(null)
  const strip = useRef<HTMLDivElement>(null)
  const id = useId()
  const show = (batch: Batch, cell: HTMLElement): void => {
    setShown(batch)
    // The details are drawn first, so that they are measured as they are.
    requestAnimationFrame(() => {
      if (tip.current === null || !cell.isConnected) return
      tip.current.showPopover()
      placeBy(tip.current, cell)
    })
  }
  const hide = (): void => {
    tip.current?.hidePopover()
    setShown(null)
  }
  const go = (event: React.KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (event.key === 'Escape') hide()
    if (by === 0) return
    const cells = [...(strip.current?.querySelectorAll('button') ?? [])]
    const at = cells.findIndex((cell) => cell === document.activeElement)
    cells[at + by]?.focus()
    event.preventDefault()
  }
  const current = shown === null ? null : (batches.find(({ n }) => n === shown.n) ?? null)
  return (
    <div onMouseLeave={hide} onBlur={hide}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows move between the buttons in it */}
      <div ref={strip} className={styles['strip']} role="group" aria-label="Batches" onKeyDown={go}>
        {batches.map((batch, at) => {
          const { shape, words, tone } = batchPhases[phaseOf(batch)]
          return (
            <button
              key={batch.n}
              type="button"
              tabIndex={at === 0 ? 0 : -1}
              className={classes(styles['cell'], tones[tone])}
              aria-label={`Batch ${batch.n}: ${words}, ${plural(batch.requests, 'request')}`}
              aria-describedby={shown?.n === batch.n ? id : undefined}
              onMouseEnter={(event) => show(batch, event.currentTarget)}
              onFocus={(event) => show(batch, event.currentTarget)}
              onClick={(event) => show(batch, event.currentTarget)}
            >
              <ShapeIcon shape={shape} size={16} />
            </button>
          )
        })}
      </div>
      <div ref={tip} id={id} popover="manual" role="tooltip" className={styles['tip']}>
        {current === null ? null : <BatchTip batch={current} />}
      </div>
    </div>
  )
}
