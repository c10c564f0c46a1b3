import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useListKeys } from '../../keys/use-key.tsx'
import { Button } from '../controls/button.tsx'
import { classes } from '../classes.ts'
import { Failure } from '../states/failure.tsx'
import { type Column, Title } from './table.tsx'
import { useWindowWidth } from '../window-width.ts'
import styles from './virtual-table.module.css'

/** What `useInfiniteQuery` gives, as far as a list needs it. */
export interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError: boolean
  readonly error: Error | null
  readonly fetchNextPage: () => unknown
}

interface VirtualTableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  /** Those that are here already. */
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string | number
  readonly pages: Pages
  /** How many there are in all; null: nobody counted. */
  readonly total: number | null
  readonly rowHeight?: number
}

const hiddenBelow = { medium: 1_152, narrow: 768 } as const

/** A table of any length over pages of the server: only what is in sight is drawn, and the next page comes by itself. */
export function VirtualTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  pages,
  total,
  rowHeight = 34,
}: VirtualTableProps<Row>) {
  const body = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const width = useWindowWidth()
  useListKeys(body)
  useLayoutEffect(() => {
    if (body.current !== null) setTop(body.current.getBoundingClientRect().top + scrollY)
  }, [width])
  // oxlint-disable-next-line react/incompatible-library -- it is read while drawing, and never handed on
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && last >= rows.length - 20)
      void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, last, rows.length])
  const shown = columns.filter(({ hide }) => hide === undefined || width >= hiddenBelow[hide])
  const tracks = { gridTemplateColumns: shown.map(({ track }) => track ?? 'minmax(0, 1fr)').join(' ') }
  return (
    <>
      <div
        className={styles['table']}
        role="table"
        aria-label={caption}
        aria-rowcount={total === null ? -1 : total + 1}
        aria-colcount={shown.length}
      >
        <div role="rowgroup" className={styles['head']}>
          <div role="row" className={styles['row']} style={tracks} aria-rowindex={1}>
            {shown.map((column) => (
              <div
                key={column.id}
                role="columnheader"
                className={classes(column.align === 'right' && styles['right'])}
              >
                <Title column={column} />
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={body} className={styles['body']} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index]
            if (row === undefined) return null
            return (
              <div
                key={rowKey(row)}
                role="row"
                aria-rowindex={index + 2}
                className={classes(styles['row'], styles['line'])}
                style={{ ...tracks, height: rowHeight, transform: `translateY(${start - top}px)` }}
              >
                {shown.map(({ id, cell, align }) => (
                  <div key={id} role="cell" className={classes(align === 'right' && styles['right'])}>
                    {cell(row)}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      </div>
      <PageEnd pages={pages} />
    </>
  )
}

function PageEnd({ pages }: { readonly pages: Pages }) {
  if (pages.isFetchNextPageError)
    return (
      <div className={styles['more']}>
        <Failure error={pages.error} onRetry={() => void pages.fetchNextPage()} />
      </div>
    )
  if (!pages.hasNextPage) return null
  return (
    <div className={styles['more']}>
      <Button tone="quiet" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {pages.isFetchingNextPage ? 'Reading more' : 'Read more'}
      </Button>
    </div>
  )
}
