import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { reviewQuery, runQuery } from '../../api/runs.ts'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { NoReview } from './no-review.tsx'
import { reviewCommand } from './review-source.ts'
import { ReviewSession } from './review-session.tsx'
import { SourceSwitch } from './source-switch.tsx'

const route = getRouteApi('/runs/$run/review')
const defaultSample = 100

/** Answers of a run, one after the other, for a person to judge. */
export function ReviewPage() {
  const { run } = route.useParams()
  const { source = 'review', sample = defaultSample } = route.useSearch()
  const [round, setRound] = useState(0)
  const { data: status } = useQuery(runQuery(run))
  const asked = useQuery({
    ...reviewQuery(run, { source, sample }),
    // A list that somebody works through is read when they come, and when they ask.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  if (status === undefined) return null
  const sampled = source === 'sample' ? asked.data?.total : undefined
  const readAgain = (): void => {
    void asked.refetch().then(() => setRound((before) => before + 1))
  }
  return (
    <>
      <SourceSwitch status={status} source={source} sample={sample} sampled={sampled} />
      <Waiting asked={asked} rows={14}>
        {(queue) =>
          queue.items.length === 0 ? (
            <NoReview status={status} source={source} />
          ) : (
            <ReviewSession
              key={`${source} ${sample} ${round}`}
              queue={queue}
              status={status}
              source={source}
              sample={sample}
              onReadAgain={readAgain}
            />
          )
        }
      </Waiting>
      <CliLine command={reviewCommand(run, source, sample)} />
    </>
  )
}
