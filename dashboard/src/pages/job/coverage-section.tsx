import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { Coverage } from '../../../../src/server/contract/job.ts'
import { coverageQuery } from '../../api/jobs.ts'
import { Button, ButtonLink } from '../../design/controls/button.tsx'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Loading } from '../../design/states/empty.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { TextField } from '../../design/controls/field.tsx'
import { Section, Toolbar } from '../../design/page.tsx'
import { formatCount, formatShare } from '../../../../src/wording/count.ts'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { CoverageBar } from './coverage-bar.tsx'
import { CoverageGroups } from './coverage-groups.tsx'
import styles from './coverage-section.module.css'

const route = getRouteApi('/jobs/$job')

/** How much of the source is done; read only when somebody asks, as it reads all of it. */
export function CoverageSection({ job }: { readonly job: string }) {
  const { by } = route.useSearch()
  const fields = (by ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '')
  const cache = useQueryClient()
  const wish = coverageQuery(job, fields)
  const [wanted, setWanted] = useState(() => cache.getQueryData(wish.queryKey) !== undefined)
  const asked = useQuery({ ...wish, enabled: wanted })
  const read = (): void => {
    if (wanted) void asked.refetch()
    else setWanted(true)
  }
  return (
    <Section
      title="Coverage"
      aside={
        asked.data === undefined ? null : (
          <Button tone="quiet" busy={asked.isFetching} onClick={read}>
            Read again
          </Button>
        )
      }
    >
      {asked.error === null ? null : <Failure error={asked.error} onRetry={read} />}
      {asked.data !== undefined ? (
        <Covered job={job} coverage={asked.data} />
      ) : asked.isFetching ? (
        <Loading rows={3} />
      ) : (
        <div className={styles['ask']}>
          <p className={styles['soft']}>
            How many records are done, stale or missing is found by reading the whole source. Nothing is sent.
          </p>
          <Button onClick={read}>Read the source</Button>
        </div>
      )}
      <GroupBy by={by ?? ''} />
      <CliLine
        command={`offpeak jobs ${shellWord(job)} --coverage${fields.length === 0 ? '' : ` --by ${shellWord(fields.join(','))}`}`}
      />
    </Section>
  )
}

function Covered({ job, coverage }: { readonly job: string; readonly coverage: Coverage }) {
  const { done, stale, failed, never, total } = coverage.all
  const open = stale + never + failed
  return (
    <>
      <div className={styles['line']}>
        <p className={styles['figure']}>
          {formatShare(done, total)}{' '}
          <small>
            {formatCount(done)} of {formatCount(total)} records done
          </small>
        </p>
        {open === 0 ? null : (
          <ButtonLink to="/new" search={{ job }}>
            Plan the {stale > 0 ? 'stale ' : ''}
            {formatCount(stale > 0 ? stale : open)}
            {stale > 0 && never + failed > 0 ? ` and ${formatCount(never + failed)} more` : ''}
          </ButtonLink>
        )}
      </div>
      <CoverageBar label={`Records of ${job}`} counts={coverage.all} legend />
      {coverage.groups.length > 1 || coverage.by.length > 0 ? <CoverageGroups coverage={coverage} /> : null}
    </>
  )
}

function GroupBy({ by }: { readonly by: string }) {
  const go = route.useNavigate()
  const [text, setText] = useState(by)
  const group = (event: FormEvent): void => {
    event.preventDefault()
    void go({ search: { by: text.trim() === '' ? undefined : text.trim() } })
  }
  return (
    <form onSubmit={group}>
      <Toolbar label="Grouping">
        <TextField
          label="Group by fields"
          inline
          placeholder="locale, category"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" disabled={text.trim() === by}>
          Group
        </Button>
      </Toolbar>
    </form>
  )
}
