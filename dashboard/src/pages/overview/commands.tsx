import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Section } from '../../design/page.tsx'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import { withAmount } from '../../../../src/wording/commands/command-line.ts'
import { amountOfPlan } from '../../../../src/wording/amount-of-plan.ts'
import { isLive } from '../../words/run-state.ts'

/** The same, and more, on the command line. */
export function Commands({ status }: { readonly status: RunStatus }) {
  const { run, job, state, pauseKind, needsAttention, plan } = status
  const live = isLive(status)
  return (
    <Section title="On the command line">
      <CliLines
        lines={[
          { words: 'Follow it', command: `offpeak status ${run} --watch` },
          ...(live && state !== 'paused'
            ? [{ words: 'Carry it here', command: `offpeak resume ${run}` }]
            : []),
          ...(state === 'paused'
            ? [
                pauseKind === 'submit'
                  ? {
                      words: 'Send it',
                      command: withAmount(`offpeak submit ${run}`, plan && amountOfPlan(plan)),
                    }
                  : { words: 'Go on', command: `offpeak resume ${run}` },
              ]
            : []),
          ...(state === 'running' || state === 'building'
            ? [{ words: 'Pause it', command: `offpeak pause ${run}` }]
            : []),
          ...(needsAttention > 0
            ? [{ words: 'What went wrong, and what asking again costs', command: `offpeak errors ${run}` }]
            : []),
          { words: 'All results', command: `offpeak results ${run} --format jsonl` },
          { words: 'A report', command: `offpeak report ${run} --md` },
          ...(live ? [] : [{ words: 'What is new', command: `offpeak plan ${shellWord(job)}` }]),
        ]}
      />
    </Section>
  )
}
