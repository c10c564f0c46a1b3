import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { classes } from '../../../design/classes.ts'
import { shortenedMiddle } from '../../../design/texts/shortened-middle.ts'
import { typedKey } from '../../../../../src/wording/typed-key.ts'
import type { RowColumn } from './row-columns.tsx'
import styles from './row-table.module.css'
import type { ListedRow } from '../slim-row.ts'

/** As many as the column of the keys has room for. */
const keyCharacters = 17

/** One row of the list, or its place while it is read. */
export const RowLine = memo(function RowLine({
  run,
  index,
  row,
  columns,
  tracks,
  place,
  height,
  open,
}: {
  readonly run: string
  readonly index: number
  readonly row: ListedRow | undefined
  readonly columns: readonly RowColumn[]
  readonly tracks: string
  readonly place: number
  readonly height: number
  readonly open: string | null
}) {
  const isOpen = row !== undefined && row.key === open
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-key={row?.key}
      className={classes(styles['tracks'], styles['line'], isOpen && styles['open'])}
      style={{ gridTemplateColumns: tracks, height, transform: `translateY(${place}px)` }}
    >
      <div role="cell" className={styles['key']}>
        {row === undefined ? (
          <span className={styles['bone']}>
            <span className="said">Reading</span>
          </span>
        ) : (
          <Link
            to="/runs/$run/rows/$key"
            params={{ run, key: row.key }}
            search={(before) => before}
            resetScroll={false}
            preload={false}
            data-at={index}
            aria-current={isOpen ? 'true' : undefined}
            title={typedKey(row.key)}
          >
            <bdi>{shortenedMiddle(typedKey(row.key), keyCharacters)}</bdi>
          </Link>
        )}
      </div>
      {columns.map(({ id, align, cell }) => (
        <div
          key={id}
          role="cell"
          className={classes(align === 'right' && styles['right'], height > 40 && styles['tall'])}
        >
          {row === undefined ? null : cell(row)}
        </div>
      ))}
    </div>
  )
})
