import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { runQuery } from '../../api/runs.ts'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { JsonView } from '../../design/texts/json-view.tsx'
import { TextBlock } from '../../design/texts/plain-text.tsx'
import { Section } from '../../design/page.tsx'
import { typedKey, keyArgument } from '../../../../src/wording/typed-key.ts'
import { ComparePrompt } from './compare-prompt.tsx'
import { joinPhrases } from './spoken-parts.ts'
import styles from './prompt-page.module.css'

const route = getRouteApi('/runs/$run/prompt')

/** What was asked: the request that the plan rendered as an example, and what differs from an earlier run. */
export function PromptPage() {
  const { run } = route.useParams()
  const { against } = route.useSearch()
  const { data: status } = useQuery(runQuery(run))
  if (status === undefined) return null
  const example = status.plan?.example ?? null
  if (example === null)
    return (
      <Empty title="No example was kept">
        <p>
          The plan of a run renders one record as an example. This run was made without, or brought from
          elsewhere.
        </p>
        <p>Each record shows the request that was sent for it.</p>
      </Empty>
    )
  const { parts, rest } = joinPhrases(example.request)
  return (
    <>
      <p className={styles['lead']}>
        As it was rendered for record <code>{typedKey(example.key)}</code>. Every record shows its own.
      </p>
      <ComparePrompt run={run} job={status.job} against={against} parts={parts} />
      {against === undefined
        ? parts.map(({ name, text }, at) => (
            // Several parts may have one name; their order is fixed.
            <Section key={at} title={name}>
              <TextBlock text={text} />
            </Section>
          ))
        : null}
      {rest === null ? null : (
        <Section title="The rest of the request">
          <JsonView value={rest} open={1} />
        </Section>
      )}
      <CliLine command={`offpeak show ${run} ${keyArgument(example.key)}`} />
    </>
  )
}
