import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { Batch } from '../../../../src/server/contract/run.ts'
import { runQuery } from '../../api/runs.ts'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { SelectField } from '../../design/controls/field.tsx'
import { Toolbar } from '../../design/page.tsx'
import { VirtualTable } from '../../design/tables/virtual-table.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { useMay } from '../../shell/session.tsx'
import { batchPhases } from '../../words/batch-phase.ts'
import { phaseCounts, phaseOf, phaseOrder } from '../../../../src/wording/batch-phase.ts'
import { batchColumns } from './batch-columns.tsx'
import { CancelBatchDialog } from './cancel-batch-dialog.tsx'

const route = getRouteApi('/runs/$run/batches')

/** All of them are here: the status of a run has every batch. */
const noMore = {
  hasNextPage: false,
  isFetchingNextPage: false,
  isFetchNextPageError: false,
  error: null,
  fetchNextPage: () => undefined,
}

/** Every file of the run, and the provider's work on it. */
export function BatchesPage() {
  const { run } = route.useParams()
  const { phase } = route.useSearch()
  const go = route.useNavigate()
  const may = useMay('run')
  const [cancelling, setCancelling] = useState<Batch | null>(null)
  const { data: status } = useQuery(runQuery(run))
  if (status === undefined) return null
  const counts = new Map(phaseCounts(status.batches).map((entry) => [entry.phase, entry.count]))
  const shown =
    phase === undefined ? status.batches : status.batches.filter((batch) => phaseOf(batch) === phase)
  if (status.batches.length === 0)
    return (
      <Empty title="No batch yet">
        <p>
          {status.sourceDone
            ? 'Nothing had to be sent.'
            : 'The source is being read. A file is sent as soon as it is full, or the source at its end.'}
        </p>
      </Empty>
    )
  return (
    <>
      <Toolbar label="Filters">
        <SelectField
          label="Phase"
          inline
          data-filter=""
          value={phase ?? ''}
          choices={[
            { value: '', words: `all ${formatCount(status.batches.length)}` },
            ...phaseOrder
              .filter((name) => counts.has(name) || name === phase)
              .map((name) => ({
                value: name,
                words: `${batchPhases[name].words}, ${formatCount(counts.get(name) ?? 0)}`,
              })),
          ]}
          onChoose={(value) => void go({ search: { phase: phaseOrder.find((name) => name === value) } })}
        />
      </Toolbar>
      {shown.length === 0 ? (
        <Empty title="No batch is in this phase now" />
      ) : (
        <VirtualTable
          caption="Batches"
          columns={batchColumns({ run, onCancel: may ? setCancelling : null })}
          rows={shown}
          rowKey={({ n }) => n}
          pages={noMore}
          total={shown.length}
        />
      )}
      <CliLine command={`offpeak status ${run}`} />
      {cancelling === null ? null : (
        <CancelBatchDialog run={run} batch={cancelling} onClose={() => setCancelling(null)} />
      )}
    </>
  )
}
