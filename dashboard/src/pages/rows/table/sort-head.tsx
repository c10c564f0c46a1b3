import styles from './row-table.module.css'

/** The head of a column: pressed once the list is sorted by it, twice the other way, three times as the source has it. */
export function SortHead({
  className,
  width,
  title,
  field,
  sort,
  onSort,
}: {
  readonly className: string | undefined
  readonly width?: string
  readonly title: string
  /** Undefined: the list is not sorted by this column. */
  readonly field: string | undefined
  readonly sort: string | undefined
  readonly onSort: (sort: string | undefined) => void
}) {
  const state = field === undefined || sort === undefined ? 'none' : stateOf(field, sort)
  return (
    <div
      role="columnheader"
      className={className}
      style={width === undefined ? {} : { width }}
      aria-sort={state}
    >
      {field === undefined ? (
        title
      ) : (
        <button
          type="button"
          className={styles['sort']}
          aria-label={`Sort by ${title}`}
          title={`Sort by ${title}`}
          onClick={() => onSort(nextSort(field, state))}
        >
          {title}
          <span aria-hidden="true">{signs[state]}</span>
        </button>
      )}
    </div>
  )
}

type SortState = 'ascending' | 'descending' | 'none'

const signs = { ascending: ' ↑', descending: ' ↓', none: '' } as const satisfies Record<SortState, string>

function stateOf(field: string, sort: string): SortState {
  if (sort === field) return 'ascending'
  return sort === `-${field}` ? 'descending' : 'none'
}

function nextSort(field: string, state: SortState): string | undefined {
  if (state === 'none') return field
  return state === 'ascending' ? `-${field}` : undefined
}
