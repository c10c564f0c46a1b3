import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Outcome } from '../../../../src/server/contract/outcome.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { readRows } from '../../api/rows.ts'
import { Failure } from '../../design/states/failure.tsx'
import { Menu, type MenuEntry } from '../../design/controls/menu.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { useMay } from '../../shell/session.tsx'
import { outcomes } from '../../words/outcome.ts'
import { canRetry } from '../row/can-judge.ts'
import { RetryDialog } from '../run/retry-dialog.tsx'
import type { RetryChoice } from '../run/use-retry.ts'
import { CsvDialog } from './csv/csv-dialog.tsx'
import { pickedOutcomes } from './outcome-picker.tsx'
import type { RowsSearch } from './rows-search.ts'

/** So many records can be named one by one. */
const mostNamed = 500

/** What can be done with all that match: said with their number, priced before it is done. */
export function ActOnMatching({
  status,
  search,
  total,
}: {
  readonly status: RunStatus
  readonly search: RowsSearch
  readonly total: number | null
}) {
  const { run } = status
  const [asking, setAsking] = useState<RetryChoice | 'csv' | null>(null)
  const [error, setError] = useState<unknown>(null)
  const may = useMay('run')
  const go = useNavigate()
  const picked = pickedOutcomes(search.outcome)
  const byName = [search.q, search.batch, search.answer].some((value) => value !== undefined)
  const tooMany = byName && (total === null || total > mostNamed)
  const some = total === null || total > 0
  const retry = (): void => {
    setError(null)
    choiceOf(run, search).then(setAsking, setError)
  }
  const reviewed = reviewSource(picked)
  const save = (wanted: 'all' | 'ok'): void =>
    location.assign(`/api/v1/runs/${encodeURIComponent(run)}/results?format=jsonl&status=${wanted}`)
  const plain = search.reason === undefined && search.sort === undefined && !byName
  const entries: readonly MenuEntry[] = [
    {
      words: 'Send again…',
      note: !may ? 'may only read' : tooMany ? `narrow it to ${mostNamed}` : 'price first',
      disabled: !may || tooMany || !some || (picked.length > 0 && !picked.some(canRetry)),
      act: retry,
    },
    ...(reviewed === null
      ? []
      : [
          {
            words: 'Review one by one',
            act: () => void go({ to: '/runs/$run/review', params: { run }, search: { source: reviewed } }),
          },
        ]),
    ...(plain && picked.length === 0
      ? [{ words: 'Export', note: 'JSON lines', act: () => save('all') }]
      : plain && search.outcome === 'merged'
        ? [{ words: 'Export', note: 'JSON lines', act: () => save('ok') }]
        : []),
    { words: 'Export…', note: 'CSV', disabled: !some, act: () => setAsking('csv') },
  ]
  const close = (): void => setAsking(null)
  return (
    <>
      <Menu
        label={total === null ? 'Act on all that match' : `Act on all ${formatCount(total)}`}
        entries={entries}
      />
      {error === null ? null : <Failure error={error} onRetry={retry} />}
      {asking === null ? null : asking === 'csv' ? (
        <CsvDialog run={run} search={search} total={total} onClose={close} />
      ) : (
        <RetryDialog status={status} choice={asking} onClose={close} />
      )}
    </>
  )
}

/** The records of a filter as `retry` takes them; those of a key or a batch by name. */
async function choiceOf(run: string, search: RowsSearch): Promise<RetryChoice> {
  const { outcome, reason, q, batch, answer } = search
  if (q !== undefined || batch !== undefined || answer !== undefined) {
    const { signal } = new AbortController()
    const page = await readRows(
      run,
      { outcome, reason, q, batch, answer },
      { cursor: null, limit: mostNamed, signal },
    )
    return { keys: page.items.filter((row) => canRetry(row.outcome)).map(({ key }) => key) }
  }
  const picked = pickedOutcomes(outcome)
  return {
    ...(picked.length === 0 ? {} : { outcomes: picked.filter(canRetry) }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function reviewSource(picked: readonly Outcome[]): 'review' | 'failed' | 'sample' | null {
  if (picked.length === 0) return null
  if (picked.every((name) => name === 'review')) return 'review'
  if (picked.every((name) => name === 'merged')) return 'sample'
  return picked.every((name) => outcomes[name].person && name !== 'review') ? 'failed' : null
}
