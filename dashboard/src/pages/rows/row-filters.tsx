import type { ReactNode } from 'react'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Button } from '../../design/controls/button.tsx'
import { Toolbar } from '../../design/page.tsx'
import { countOf } from '../../shell/search.ts'
import { LateField } from './table/late-field.tsx'
import { OutcomePicker, pickedOutcomes } from './outcome-picker.tsx'
import type { RowsSearch } from './rows-search.ts'
import styles from './rows-page.module.css'

/** What of the run is shown; all of it stands in the address. */
export function RowFilters({
  status,
  search,
  onFilter,
  children,
}: {
  readonly status: RunStatus
  readonly search: RowsSearch
  readonly onFilter: (search: RowsSearch) => void
  readonly children: ReactNode
}) {
  const { q, reason, batch, outcome, answer, sort } = search
  const filtered = [q, reason, batch, outcome, answer, sort].some((value) => value !== undefined)
  return (
    <div className={styles['bar']}>
      <Toolbar label="Filters">
        <OutcomePicker
          status={status}
          picked={pickedOutcomes(outcome)}
          onPick={(picked) => onFilter({ ...search, outcome: picked.join(',') || undefined })}
        />
        <LateField
          label="Key begins"
          data-filter=""
          size={12}
          value={q ?? ''}
          onChange={(text) => onFilter({ ...search, q: text || undefined })}
        />
        <LateField
          label="Answer has"
          size={14}
          value={answer ?? ''}
          onChange={(text) => onFilter({ ...search, answer: text || undefined })}
        />
        <LateField
          label="Error has"
          size={14}
          value={reason ?? ''}
          onChange={(text) => onFilter({ ...search, reason: text || undefined })}
        />
        {status.batches.length > 1 || batch !== undefined ? (
          <LateField
            label="Batch"
            size={3}
            inputMode="numeric"
            value={batch === undefined ? '' : String(batch)}
            onChange={(text) => onFilter({ ...search, batch: countOf(text) })}
          />
        ) : null}
        {filtered ? (
          <Button tone="quiet" onClick={() => onFilter({})}>
            Clear
          </Button>
        ) : null}
      </Toolbar>
      <div className={styles['acts']}>{children}</div>
    </div>
  )
}
