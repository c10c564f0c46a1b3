import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { Comparison, Preference } from '../../../../../src/server/contract/compare.ts'
import type { Sides } from '../../../api/compare.ts'
import { Button } from '../../../design/controls/button.tsx'
import { Empty, Loading } from '../../../design/states/empty.tsx'
import { Failure } from '../../../design/states/failure.tsx'
import { CheckField } from '../../../design/controls/field.tsx'
import { Section, Toolbar } from '../../../design/page.tsx'
import { plural } from '../../../../../src/wording/count.ts'
import { useKey } from '../../../keys/use-key.tsx'
import type { Compared } from '../compare-search.ts'
import { RecordList } from './record-list.tsx'
import { RecordView } from './record-view.tsx'
import { partsOf } from '../side-name.ts'
import { usePreferring } from './use-preferring.ts'
import { type FoundRecords, useRecords } from './use-records.ts'
import styles from './records.module.css'

const route = getRouteApi('/compare')

/** The records that both sides have, one after the other, to be judged. */
export function Records({ sides, comparison }: { readonly sides: Sides; readonly comparison: Comparison }) {
  const search = route.useSearch()
  const { changed = false, worse = false, key } = search
  const go = useNavigate()
  const found = useRecords(sides, { changed, worse, key })
  const preferring = usePreferring(sides)
  const { records, at, more, error } = found
  const current = records[at]
  const turn = (wish: Partial<Compared>): void => {
    void go({ to: '/compare', search: { ...search, ...wish }, replace: true, resetScroll: false })
  }
  const step = (by: number): void => {
    const next = records[at + by]
    if (next !== undefined) turn({ key: next.key })
  }
  const judge = (preference: Preference): void => {
    if (current === undefined) return
    const { key, preference: before } = current
    const takesBack = before === preference
    preferring.mutate({ key, preference: takesBack ? null : preference, before })
    if (!takesBack) step(1)
  }
  useKey('j', 'next record', () => step(1), { enabled: current !== undefined })
  useKey('k', 'record before', () => step(-1), { enabled: current !== undefined })
  if (partsOf(sides.a).run === partsOf(sides.b).run)
    return (
      <Section title="Records">
        <p className={styles['note']}>
          A record of a run is asked with one of its prompts: the two sides have no record in common, and are
          compared by their figures. Two runs can be compared record by record.
        </p>
      </Section>
    )
  const scored = comparison.a.score !== null && comparison.b.score !== null
  return (
    <Section
      title="Records that both have"
      aside={
        <Toolbar label="Which records">
          <CheckField
            label="only changed"
            checked={changed}
            onCheck={(checked) => turn({ changed: checked || undefined, key: undefined })}
          />
          {scored || worse ? (
            <CheckField
              label="worse than A"
              checked={worse}
              onCheck={(checked) => turn({ worse: checked || undefined, key: undefined })}
            />
          ) : null}
        </Toolbar>
      }
    >
      {error === null ? null : <Failure error={error} onRetry={found.lookOn} />}
      {current === undefined ? (
        more === 'coming' && error === null ? (
          <Loading rows={8} />
        ) : error === null ? (
          <NoRecords changed={changed} worse={worse} found={found} />
        ) : null
      ) : (
        <div className={styles['split']}>
          <RecordList found={found} onChoose={(chosen) => turn({ key: chosen })} />
          <RecordView
            record={current}
            comparison={comparison}
            place={{ at, of: records.length, more: more !== 'none' }}
            step={step}
            judge={judge}
            failure={preferring.error}
          />
        </div>
      )}
    </Section>
  )
}

function NoRecords({
  changed,
  worse,
  found: { more, read, lookOn },
}: {
  readonly changed: boolean
  readonly worse: boolean
  readonly found: FoundRecords
}) {
  if (more === 'more')
    return (
      <Empty title={`None among the first ${plural(read, 'record')}`}>
        <Button onClick={lookOn}>Look on</Button>
      </Empty>
    )
  if (worse)
    return (
      <Empty title="None is worse than A">{read > 0 ? <p>No score of B is below that of A.</p> : null}</Empty>
    )
  if (changed)
    return (
      <Empty title="No answer differs">
        <p>Every record that both sides have an answer to has the same one.</p>
      </Empty>
    )
  return (
    <Empty title="No record in common">
      <p>No record has an accepted answer on both sides: compare runs over the same records.</p>
    </Empty>
  )
}
