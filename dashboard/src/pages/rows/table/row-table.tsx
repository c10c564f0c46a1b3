import { type MouseEvent, type RefObject, useEffect, useRef } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { useWindowWidth } from '../../../design/window-width.ts'
import { classes } from '../../../design/classes.ts'
import { formatCount } from '../../../../../src/wording/count.ts'
import type { RowColumn } from './row-columns.tsx'
import { RowLine } from './row-line.tsx'
import { SortHead } from './sort-head.tsx'
import { keyWidth, trackWidths } from './row-tracks.ts'
import type { RowWindow } from './row-window.ts'
import styles from './row-table.module.css'
import { useRowKeys } from './use-row-keys.ts'
import { useFillHeight } from './use-fill-height.ts'
import { useScaledScroll } from './use-scaled-scroll.ts'

const headHeight = 32
const overscan = 6
const narrowBelow = 760

interface RowTableProps {
  readonly run: string
  readonly rows: RowWindow
  readonly columns: readonly RowColumn[]
  readonly rowHeight: number
  /** The record that is open over the list. */
  readonly open: string | null
  /** What the list is sorted by, as the address has it. */
  readonly sort: string | undefined
  readonly onSort: (sort: string | undefined) => void
}

/** A list of any length in a region of its own: only what is in sight is drawn, and read. */
export function RowTable({ run, rows, columns, rowHeight, open, sort, onSort }: RowTableProps) {
  const width = useWindowWidth()
  const narrow = width < narrowBelow
  const count = rows.length
  const { region, bar, top, view, drawn, reveal, goTo } = useScaledScroll({
    whole: count * rowHeight,
    headHeight,
  })
  const height = useFillHeight(region)
  const first = Math.floor(top / rowHeight)
  const last = Math.min(count, Math.ceil((top + view) / rowHeight))
  useEffect(() => rows.show(first, last), [rows, first, last])
  useOpenInSight(rows, open, (at) => reveal(at * rowHeight, (at + 1) * rowHeight))
  useFocusAfterwards(region, open)
  useRowKeys({ region, count, first, rowHeight, reveal, goTo, view })
  const go = useNavigate()
  const follow = (event: MouseEvent<HTMLElement>): void => {
    if (event.target instanceof Element && event.target.closest('a, button') !== null) return
    const key = event.target instanceof Element ? event.target.closest('[data-key]') : null
    if (!(key instanceof HTMLElement) || getSelection()?.isCollapsed === false) return
    void go({
      to: '/runs/$run/rows/$key',
      params: { run, key: key.dataset['key'] ?? '' },
      search: (before) => before,
      resetScroll: false,
    })
  }
  const shown = columns.filter(({ from: least = 0 }) => width >= least)
  const tracks = trackWidths(shown, narrow)
  const from = Math.max(0, first - overscan)
  const to = Math.min(count, last + overscan)
  return (
    <>
      <div
        ref={region}
        className={styles['region']}
        style={{ height }}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the arrows scroll it
        tabIndex={0}
        role="region"
        aria-label="Records, scrolling"
      >
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- each row has a link for the keyboard */}
        <div
          role="table"
          aria-label="Records"
          aria-rowcount={rows.total === null ? -1 : rows.total + 1}
          aria-colcount={shown.length + 1}
          className={styles['table']}
          style={{ minWidth: tracks.least }}
          onClick={follow}
        >
          <div role="rowgroup" className={styles['head']} style={{ height: headHeight }}>
            <div
              role="row"
              aria-rowindex={1}
              className={styles['tracks']}
              style={{ gridTemplateColumns: tracks.template }}
            >
              <SortHead
                className={styles['key']}
                width={keyWidth(narrow)}
                title="Key"
                field="key"
                sort={sort}
                onSort={onSort}
              />
              {shown.map(({ id, title, align, sortBy }) => (
                <SortHead
                  key={id}
                  className={classes(align === 'right' && styles['right'])}
                  title={title}
                  field={sortBy}
                  sort={sort}
                  onSort={onSort}
                />
              ))}
            </div>
          </div>
          <div role="rowgroup" className={styles['body']} style={{ height: drawn }}>
            {Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
              const index = from + offset
              return (
                <RowLine
                  key={index}
                  run={run}
                  index={index}
                  row={rows.row(index)}
                  columns={shown}
                  tracks={tracks.template}
                  place={bar + index * rowHeight - top}
                  height={rowHeight}
                  open={open}
                />
              )
            })}
          </div>
        </div>
      </div>
      <p className={styles['where']}>{whereWords(rows, first, last)}</p>
    </>
  )
}

/** Where one is: exact, whatever the bar at the side looks like. */
function whereWords(rows: RowWindow, first: number, last: number): string {
  const { total, onItsWay, length } = rows
  if (length === 0) return ''
  const of = total === null ? 'of those that match' : `of ${formatCount(total)}`
  if (onItsWay !== null && onItsWay > 0)
    return `looking for ${formatCount(first + 1)} ${of}: at ${formatCount(onItsWay)}`
  const about = rows.isExact(first) ? '' : 'about '
  return `${about}${formatCount(first + 1)} to ${formatCount(last)} ${of}`
}

/** Brings the record that is open into sight when another one is opened. */
function useOpenInSight(rows: RowWindow, open: string | null, bring: (index: number) => void): void {
  const latest = useRef(bring)
  useEffect(() => {
    latest.current = bring
  })
  useEffect(() => {
    const at = open === null ? null : rows.indexOf(open)
    if (at !== null) latest.current(at)
  }, [rows, open])
}

/** When a record is closed, its row has the focus, or else the list. */
function useFocusAfterwards(region: RefObject<HTMLElement | null>, open: string | null): void {
  const before = useRef(open)
  useEffect(() => {
    const closed = before.current
    before.current = open
    if (open !== null || closed === null) return
    const row = region.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(closed)}"] a`)
    const target = row ?? region.current
    target?.focus({ preventScroll: true })
  }, [region, open])
}
