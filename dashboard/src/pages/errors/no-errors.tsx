import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { ButtonLink } from '../../design/controls/button.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { StateMark } from '../../design/states/state-mark.tsx'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { isLive } from '../../words/run-state.ts'

/** Nothing needs anybody: so far, or for good. */
export function NoErrors({ status }: { readonly status: RunStatus }) {
  const { run, counts, pending, sourceDone } = status
  const merged = counts.merged ?? 0
  if (isLive(status))
    return (
      <Empty title="Nothing has gone wrong so far">
        <p>
          {merged > 0 ? `${plural(merged, 'record')} ${merged === 1 ? 'is' : 'are'} written. ` : ''}
          {pending > 0
            ? `${formatCount(pending)}${sourceDone ? '' : ' or more'} are waited for; what fails stands here immediately, with what fixes it.`
            : 'What fails stands here immediately, with what fixes it.'}
        </p>
      </Empty>
    )
  return (
    <Empty title="Nothing needs attention">
      {merged === 0 ? (
        <p>No record went wrong, and none had to be written.</p>
      ) : (
        <>
          <p>
            <StateMark shape="check" tone="good" words={`${plural(merged, 'record')} written.`} />
          </p>
          <p>Whether the answers are good, too, a sample of them tells: read some, one after the other.</p>
          <ButtonLink to="/runs/$run/review" params={{ run }} search={{ source: 'sample' }}>
            Read a sample
          </ButtonLink>
        </>
      )}
    </Empty>
  )
}
