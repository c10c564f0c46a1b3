import { createLink } from '@tanstack/react-router'
import { type ComponentProps, type ReactNode, useRef } from 'react'
import { useListKeys } from '../../keys/use-key.tsx'
import { classes } from '../classes.ts'
import styles from './table.module.css'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** The title is only said: the column explains itself. */
  readonly silent?: boolean
  readonly cell: (row: Row) => ReactNode
  readonly align?: 'right'
  /** It takes the room that is left, and is cut when there is too little. */
  readonly grow?: boolean
  /** On which windows it is left out: narrower than 1152 (`medium`), or than 768 pixels (`narrow`). */
  readonly hide?: 'medium' | 'narrow'
  /** For `VirtualTable` only: a track of a CSS grid, `6rem` or `minmax(8rem, 1fr)`. */
  readonly track?: string
  /** The server can sort by it. */
  readonly sortable?: boolean
}

export interface Sorting {
  readonly by: string
  readonly descending: boolean
}

interface TableProps<Row> {
  /** What the table is, for those who do not see it. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string | number
  /** Whether each row has a `RowLink`, and reacts to the pointer. */
  readonly linked?: boolean
  readonly sorting?: Sorting
  readonly onSort?: (sorting: Sorting) => void
}

/** A dense table. Its header stays in sight; `j` and `k` go through its links. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  linked = false,
  sorting,
  onSort,
}: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null)
  useListKeys(body, { enabled: linked })
  return (
    <div className={styles['scroll']}>
      <table className={classes(styles['table'], linked && styles['linked'])}>
        <caption className="said">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={columnClass(column)}
                aria-sort={sortOf(column, sorting)}
              >
                {column.sortable && onSort ? (
                  <SortButton column={column} sorting={sorting} onSort={onSort} />
                ) : (
                  <Title column={column} />
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.id} className={columnClass(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The title of a column, shown or only said. */
export function Title<Row>({ column: { title, silent = false } }: { readonly column: Column<Row> }) {
  return silent ? <span className="said">{title}</span> : title
}

/** The link of a row: all of the row follows it. */
export const RowLink = createLink(function RowAnchor({ className, children, ...rest }: ComponentProps<'a'>) {
  return (
    <a {...rest} data-row="" className={classes(styles['rowLink'], className)}>
      {children}
    </a>
  )
})

function SortButton<Row>({
  column,
  sorting,
  onSort,
}: {
  readonly column: Column<Row>
  readonly sorting: Sorting | undefined
  readonly onSort: (sorting: Sorting) => void
}) {
  const sorted = sorting?.by === column.id
  return (
    <button
      type="button"
      className={styles['sort']}
      onClick={() => onSort({ by: column.id, descending: sorted ? !sorting.descending : true })}
    >
      {column.title}
      <span aria-hidden="true">{sorted ? (sorting.descending ? ' ↓' : ' ↑') : ''}</span>
    </button>
  )
}

function columnClass<Row>({ align, grow, hide }: Column<Row>): string {
  return classes(
    align === 'right' && styles['right'],
    grow && styles['grow'],
    hide === undefined ? null : styles[hide],
  )
}

function sortOf<Row>(
  { id }: Column<Row>,
  sorting: Sorting | undefined,
): 'ascending' | 'descending' | undefined {
  if (sorting?.by !== id) return undefined
  return sorting.descending ? 'descending' : 'ascending'
}
