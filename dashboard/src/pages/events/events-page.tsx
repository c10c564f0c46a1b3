import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { historyQuery } from '../../api/runs.ts'
import { Empty, Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { VirtualTable } from '../../design/tables/virtual-table.tsx'
import { eventColumns } from './event-columns.tsx'

const route = getRouteApi('/runs/$run/events')

/** What happened to a run, oldest first. */
export function EventsPage() {
  const { run } = route.useParams()
  const asked = useInfiniteQuery(historyQuery(run))
  const events = asked.data?.pages.flatMap(({ items }) => items)
  if (events === undefined)
    return asked.error === null ? (
      <Loading rows={10} />
    ) : (
      <Failure error={asked.error} onRetry={() => void asked.refetch()} />
    )
  if (events.length === 0)
    return (
      <Empty title="Nothing happened yet">
        <p>What becomes of the run and its batches is noted here, in the transaction in which it happens.</p>
      </Empty>
    )
  return (
    <VirtualTable
      caption="Events, oldest first"
      columns={eventColumns}
      rows={events}
      rowKey={({ id }) => id}
      pages={asked}
      total={asked.hasNextPage ? null : events.length}
      rowHeight={30}
    />
  )
}
