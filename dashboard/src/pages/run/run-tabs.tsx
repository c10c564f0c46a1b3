import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { Tab, Tabs } from '../../design/controls/tabs.tsx'
import { formatCount } from '../../../../src/wording/count.ts'

/** The parts of a run. */
export function RunTabs({
  status: { run, needsAttention, batches, counts },
}: {
  readonly status: RunStatus
}) {
  const params = { run }
  const some = (count: number | undefined): string | null => (count ? formatCount(count) : null)
  return (
    <Tabs label={`Parts of run ${run}`}>
      <Tab to="/runs/$run" params={params} activeOptions={{ exact: true }}>
        Overview
      </Tab>
      <Tab to="/runs/$run/rows" params={params} activeOptions={{ includeSearch: false }}>
        Rows
      </Tab>
      <Tab to="/runs/$run/errors" params={params} count={some(needsAttention)}>
        Errors
      </Tab>
      <Tab
        to="/runs/$run/batches"
        params={params}
        activeOptions={{ includeSearch: false }}
        count={some(batches.length)}
      >
        Batches
      </Tab>
      <Tab
        to="/runs/$run/review"
        params={params}
        activeOptions={{ includeSearch: false }}
        count={some(counts.review)}
      >
        Review
      </Tab>
      <Tab to="/runs/$run/prompt" params={params} activeOptions={{ includeSearch: false }}>
        Prompt
      </Tab>
      <Tab to="/runs/$run/events" params={params}>
        Events
      </Tab>
    </Tabs>
  )
}
