import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { problemOf } from '../../api/problem.ts'
import { recordQuery, runQuery } from '../../api/runs.ts'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { useTitle } from '../../design/page.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { typedKey } from '../../../../src/wording/typed-key.ts'
import { useKey } from '../../keys/use-key.tsx'
import { useRowsAround } from '../rows/rows-context.ts'
import { RecordView } from './record-view.tsx'
import { RowDrawer } from './row-drawer.tsx'

const route = getRouteApi('/runs/$run/rows/$key')
/** A record that is not answered yet is asked for again by itself. */
const waitMs = 4_000

/** One record of a run, over the list of records. */
export function RowPage() {
  const { run, key } = route.useParams()
  const { wide = false } = route.useSearch()
  const go = useNavigate()
  const around = useRowsAround()
  const { data: status } = useQuery(runQuery(run))
  const asked = useQuery({
    ...recordQuery(run, key),
    refetchInterval: ({ state }) => (state.data?.outcome === 'pending' ? waitMs : false),
  })
  const record = asked.data
  useTitle(typedKey(key))
  // The list as it is filtered; a record that it does not have here has its neighbours in the source.
  const beside = around?.neighbours(record?.key ?? key) ?? {
    previous: record?.previous ?? null,
    next: record?.next ?? null,
  }
  const cache = useQueryClient()
  useEffect(() => {
    if (beside.next !== null) void cache.prefetchQuery(recordQuery(run, beside.next))
  }, [cache, run, beside.next])
  const turn = (to: string | null): void => {
    if (to === null) return
    void go({
      to: '/runs/$run/rows/$key',
      params: { run, key: to },
      search: (before) => before,
      replace: true,
      resetScroll: false,
    })
  }
  const close = (): void => {
    void go({
      to: '/runs/$run/rows',
      params: { run },
      search: ({ wide: _wide, ...before }: { wide?: true | undefined }) => before,
      resetScroll: false,
    })
  }
  const widen = (): void => {
    void go({
      to: '/runs/$run/rows/$key',
      params: { run, key },
      search: (before) => ({ ...before, wide: wide ? undefined : (true as const) }),
      replace: true,
      resetScroll: false,
    })
  }
  const group = { group: 'Record' }
  useKey('j', 'next record', () => turn(beside.next), group)
  useKey('k', 'record before', () => turn(beside.previous), group)
  useKey('w', 'wide or next to the list', widen, group)
  useKey('Escape', 'back to the list', close, group)
  const place = around?.placeOf(key) ?? null
  const of = around?.total ?? null
  return (
    <RowDrawer
      title={typedKey(key)}
      place={
        place === null ? null : `${formatCount(place + 1)}${of === null ? '' : ` of ${formatCount(of)}`}`
      }
      wide={wide}
      onWiden={widen}
      onClose={close}
      onPrevious={beside.previous === null ? null : () => turn(beside.previous)}
      onNext={beside.next === null ? null : () => turn(beside.next)}
    >
      {asked.error === null ? null : (
        <Failure
          error={asked.error}
          {...(problemOf(asked.error).status === 404 ? {} : { onRetry: () => void asked.refetch() })}
        />
      )}
      {record === undefined || status === undefined ? (
        asked.error === null ? (
          <Loading rows={14} height={40} />
        ) : null
      ) : (
        <RecordView key={record.key} record={record} status={status} wide={wide} />
      )}
    </RowDrawer>
  )
}
