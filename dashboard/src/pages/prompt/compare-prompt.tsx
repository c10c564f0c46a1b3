import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { planQuery, runsQuery } from '../../api/runs.ts'
import { SelectField } from '../../design/controls/field.tsx'
import { Section, Toolbar } from '../../design/page.tsx'
import { TextDiff } from '../../design/texts/text-diff.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { formatExact } from '../../format/time.ts'
import { type Phrase, joinPhrases } from './spoken-parts.ts'

const route = getRouteApi('/runs/$run/prompt')

/** Chooses another run of the job, and shows what its request said otherwise. */
export function ComparePrompt({
  run,
  job,
  against,
  parts,
}: {
  readonly run: string
  readonly job: string
  readonly against: string | undefined
  readonly parts: readonly Phrase[]
}) {
  const go = route.useNavigate()
  const { data } = useInfiniteQuery(runsQuery({ job }))
  const others = (data?.pages.flatMap(({ items }) => items) ?? []).filter((other) => other.run !== run)
  if (others.length === 0 && against === undefined) return null
  return (
    <>
      <Toolbar label="Compare">
        <SelectField
          label="Compared with"
          inline
          data-filter=""
          value={against ?? ''}
          choices={[
            { value: '', words: 'no other run' },
            ...others.map((other) => ({
              value: other.run,
              words: `${other.run}, ${formatExact(other.createdAt).slice(0, 16)}`,
            })),
          ]}
          onChoose={(chosen) => void go({ search: { against: chosen === '' ? undefined : chosen } })}
        />
      </Toolbar>
      {against === undefined ? null : <Differences against={against} parts={parts} />}
    </>
  )
}

function Differences({ against, parts }: { readonly against: string; readonly parts: readonly Phrase[] }) {
  const asked = useQuery(planQuery(against))
  return (
    <Waiting asked={asked}>
      {(plan) => {
        const before = joinPhrases(plan.example?.request).parts
        return (
          <>
            {Array.from({ length: Math.max(parts.length, before.length) }, (_, at) => {
              const name = parts[at]?.name ?? before[at]?.name ?? ''
              return (
                <Section key={at} title={name}>
                  {parts[at]?.text === before[at]?.text ? <p>The same.</p> : null}
                  <TextDiff before={before[at]?.text ?? ''} after={parts[at]?.text ?? ''} />
                </Section>
              )
            })}
          </>
        )
      }}
    </Waiting>
  )
}
