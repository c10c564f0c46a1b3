import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet, useMatch } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { runQuery } from '../../api/runs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { ActOnMatching } from './act-on-matching.tsx'
import { ColumnPicker } from './table/column-picker.tsx'
import { NoRows } from './no-rows.tsx'
import { outputFields } from './output-fields.ts'
import { rowColumns } from './table/row-columns.tsx'
import { RowFilters } from './row-filters.tsx'
import { RowTable } from './table/row-table.tsx'
import type { RowWindow } from './table/row-window.ts'
import { listCommand } from './rows-commands.ts'
import { Rows, type RowsAround } from './rows-context.ts'
import type { RowsSearch } from './rows-search.ts'
import { useRowWindow } from './table/use-row-window.ts'
import { readFields, useRowsLook } from './use-rows-look.ts'
import { useKeptChoice } from './kept-choice.ts'
import styles from './rows-page.module.css'

const route = getRouteApi('/runs/$run/rows')
const rowHeights = { low: 34, high: 72 } as const

/** The records of a run. */
export function RowsPage() {
  const { run } = route.useParams()
  const { data: status } = useQuery(runQuery(run))
  return status === undefined ? null : <RowsOf key={run} status={status} />
}

function RowsOf({ status }: { readonly status: RunStatus }) {
  const { run, job } = status
  const search = route.useSearch()
  const go = route.useNavigate()
  const open = useMatch({ from: '/runs/$run/rows/$key', shouldThrow: false })?.params.key ?? null
  // Somebody who chose no field at all is not made to wait for answers.
  const [chosen] = useKeptChoice(`columns.${job}`, readFields)
  const [answers, setAnswers] = useState(chosen?.length !== 0)
  const rows = useRowWindow(run, search, answers)
  const { fields: found, scored } = useSeen(rows)
  const look = useRowsLook(job, found)
  const { fields, height } = look
  const columns = useMemo(() => rowColumns({ fields, scored }), [fields, scored])
  if (!answers && fields.length > 0) setAnswers(true)
  const filter = (wish: RowsSearch): void => {
    void go({ search: wish, replace: true, resetScroll: false })
  }
  return (
    <Rows value={aroundOf(rows)}>
      <div className={styles['list']}>
        <RowFilters status={status} search={search} onFilter={filter}>
          <ColumnPicker look={look} fields={found} />
          <ActOnMatching status={status} search={search} total={rows.total} />
        </RowFilters>
        {rows.changed ? (
          <p className={styles['changed']} role="status">
            The run has continued since this list was read.
            <Button tone="quiet" onClick={() => rows.refreshAll()}>
              Read it again
            </Button>
          </p>
        ) : null}
        {rows.error === null ? null : <Failure error={rows.error} onRetry={() => rows.retry()} />}
        {!rows.answersKept && answers ? (
          <p className={styles['changed']}>The files of answers were cleaned up: their columns stay empty.</p>
        ) : null}
        {rows.length === 0 && rows.begun ? (
          <NoRows
            status={status}
            filtered={Object.values(search).some((value) => value !== undefined)}
            onClear={() => filter({})}
          />
        ) : !rows.begun ? (
          <Starting rows={rows} />
        ) : (
          <RowTable
            run={run}
            rows={rows}
            columns={columns}
            rowHeight={rowHeights[height]}
            open={open}
            sort={search.sort}
            onSort={(sort) => filter({ ...search, sort })}
          />
        )}
        <div className={styles['foot']}>
          <CliLine command={listCommand(run, search)} />
        </div>
      </div>
      <Outlet />
    </Rows>
  )
}

/** The place of the list until its first page is here. */
function Starting({ rows }: { readonly rows: RowWindow }) {
  useEffect(() => rows.show(0, firstShown), [rows])
  return rows.error === null ? <Loading rows={12} /> : null
}

const firstShown = 40

/** What the rows so far had, so that a column does not come and go while one scrolls. */
function useSeen(rows: RowWindow): { readonly fields: readonly string[]; readonly scored: boolean } {
  const [seen, setSeen] = useState<{ readonly fields: readonly string[]; readonly scored: boolean }>({
    fields: [],
    scored: false,
  })
  const loaded = rows.loaded()
  const now = useMemo(
    () => ({
      fields: outputFields(loaded.map(({ output, draft }) => output ?? draft)),
      scored: loaded.some(({ score }) => score !== null),
    }),
    [loaded],
  )
  const isNew = now.fields.some((field) => !seen.fields.includes(field)) || (now.scored && !seen.scored)
  if (isNew)
    setSeen({ fields: [...new Set([...seen.fields, ...now.fields])], scored: seen.scored || now.scored })
  return seen
}

function aroundOf(rows: RowWindow): RowsAround {
  return {
    total: rows.total,
    placeOf: (key) => rows.indexOf(key),
    neighbours(key) {
      const at = rows.indexOf(key)
      if (at === null) return null
      return { previous: rows.row(at - 1)?.key ?? null, next: rows.row(at + 1)?.key ?? null }
    },
  }
}
