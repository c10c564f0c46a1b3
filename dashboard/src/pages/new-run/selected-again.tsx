import { useState } from 'react'
import type { Plan } from '../../../../src/server/contract/plan.ts'
import { Button } from '../../design/controls/button.tsx'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { useMay } from '../../shell/session.tsx'
import { MergeDialog } from '../run/merge-dialog.tsx'
import styles from './new-run-page.module.css'

const shownRuns = 3

/** Records that the query selects although they are done, and the two ways: to write them again, or to ask again. */
export function SelectedAgain({
  found: { records, runs },
  onAskAgain,
}: {
  readonly found: NonNullable<Plan['selectedAgain']>
  readonly onAskAgain: () => void
}) {
  const [merging, setMerging] = useState<string | null>(null)
  const may = useMay('run')
  const more = runs.length - shownRuns
  return (
    <div className={styles['warn']}>
      <p>
        {plural(records, 'record')} {records === 1 ? 'is' : 'are'} done and selected again: the table may not
        have the answers any more. Writing the stored answers again costs nothing.
        {more > 0 ? ` So many older runs have some too: ${formatCount(more)}.` : ''}
      </p>
      <div className={styles['acts']}>
        {runs.slice(0, shownRuns).map((run) => (
          <Button key={run} disabled={!may} onClick={() => setMerging(run)}>
            Write the answers of run {run} again
          </Button>
        ))}
        <Button tone="quiet" disabled={!may} onClick={onAskAgain}>
          Plan to ask again
        </Button>
      </div>
      {merging === null ? null : <MergeDialog run={merging} onClose={() => setMerging(null)} />}
    </div>
  )
}
