import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Costs } from '../../../../src/server/contract/cost.ts'
import { type CostsBy, costsQuery } from '../../api/costs.ts'
import { Button } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { Page, Section, Toolbar } from '../../design/page.tsx'
import { saveFile } from '../../design/save-file.ts'
import { Segments } from '../../design/charts/segments.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { useSession } from '../../shell/session.tsx'
import { costsCsv } from './costs-csv.ts'
import { type CostsSearch, groupings, type Span, spans } from './costs-search.ts'
import { CostsTable } from './costs-table.tsx'
import { CostsTotals } from './costs-totals.tsx'
import { DayChart } from './day-chart.tsx'
import { QuotaInUse } from './quota-in-use.tsx'

const route = getRouteApi('/costs')

const spanWords: Readonly<Record<Span, string>> = {
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  all: 'all time',
}

/** What was spent, on what, and what it came to. */
export function CostsPage() {
  const search = route.useSearch()
  const { by = 'job', since = '30d' } = search
  const go = route.useNavigate()
  const { simulated } = useSession()
  const wanted = since === 'all' ? undefined : since
  const grouped = useQuery(costsQuery({ by, since: wanted }))
  const daily = useQuery(costsQuery({ by: 'day', series: 'job', since: wanted }))
  const turn = (wish: CostsSearch): void => {
    void go({ search: { ...search, ...wish }, replace: true, resetScroll: false })
  }
  return (
    <Page
      title="Costs"
      lead={
        simulated
          ? 'From the ledger of this project. The emulator answers here now: its costs are simulated.'
          : 'From the ledger of this project: what was paid for answers, whatever became of them.'
      }
      actions={
        <Segments
          label="Since when"
          value={since}
          choices={spans.map((value) => ({ value, words: spanWords[value] }))}
          onChoose={(chosen) => turn({ since: chosen === '30d' ? undefined : chosen })}
        />
      }
    >
      <Waiting asked={daily} rows={9}>
        {(costs) =>
          costs.rows.length === 0 ? (
            <NothingSpent since={since} />
          ) : (
            <>
              <CostsTotals total={costs.total} />
              <DayChart costs={costs} />
            </>
          )
        }
      </Waiting>
      {daily.data?.rows.length === 0 ? null : (
        <Section
          title="On what"
          aside={
            <Toolbar label="Group by">
              <Segments
                label="Group by"
                value={by}
                choices={groupings.map((value) => ({ value, words: value }))}
                onChoose={(chosen) => turn({ by: chosen === 'job' ? undefined : chosen })}
              />
              <Button disabled={grouped.data === undefined} onClick={() => save(grouped.data, since)}>
                Save as CSV
              </Button>
            </Toolbar>
          }
        >
          <Waiting asked={grouped} rows={6}>
            {(costs) => <CostsTable costs={costs} key={by} />}
          </Waiting>
          <CliLine command={commandOf(by, since)} />
        </Section>
      )}
      <QuotaInUse />
    </Page>
  )
}

function NothingSpent({ since }: { readonly since: Span }) {
  return (
    <Empty title={since === 'all' ? 'Nothing was spent yet' : `Nothing was spent in ${spanWords[since]}`}>
      <p>
        Every batch reserves its most when it is sent, and is settled when its answers are here. Both stand
        here from then on.
      </p>
      {since === 'all' ? (
        <Link to="/new">Start a run</Link>
      ) : (
        <Link to="/costs" search={{ since: 'all' }}>
          Look at all time
        </Link>
      )}
    </Empty>
  )
}

function commandOf(by: CostsBy, since: Span): string {
  return `offpeak costs --by ${by}${since === 'all' ? '' : ` --since ${since}`}`
}

function save(costs: Costs | undefined, since: Span): void {
  if (costs === undefined) return
  saveFile(`costs-by-${costs.by}-${since}.csv`, 'text/csv', costsCsv(costs))
}
