import { Link } from '@tanstack/react-router'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { BatchStrip } from '../../design/charts/batch-strip.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { Section } from '../../design/page.tsx'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { batchPhases } from '../../words/batch-phase.ts'
import { phaseCounts } from '../../../../src/wording/batch-phase.ts'
import styles from './overview-page.module.css'

/** As many shapes as one can still point at. */
const maxShapes = 240

/** The batches, one shape each, by the round in which they were sent. */
export function BatchGroups({ status: { run, batches, sourceDone } }: { readonly status: RunStatus }) {
  const rounds = [...Map.groupBy(batches, ({ round }) => round)].toSorted(([a], [b]) => a - b)
  const words = phaseCounts(batches)
    .map(({ phase, count }) => `${formatCount(count)} ${batchPhases[phase].words}`)
    .join(' · ')
  return (
    <Section
      title="Batches"
      aside={
        batches.length === 0 ? null : (
          <Link to="/runs/$run/batches" params={{ run }}>
            all {formatCount(batches.length)}
          </Link>
        )
      }
    >
      {batches.length === 0 ? (
        <p className={styles['soft']}>
          {sourceDone ? 'Nothing had to be sent.' : 'The source is being read; the first files come soon.'}
        </p>
      ) : (
        <>
          <p className={styles['soft']}>{words}</p>
          <div>
            {rounds.map(([round, those]) => (
              <div key={round} className={styles['group']}>
                {rounds.length === 1 ? null : <h3>{round === 0 ? 'First sending' : `Retry ${round}`}</h3>}
                {those.length > maxShapes ? (
                  <Meter
                    label={`${plural(those.length, 'batch', 'batches')} of run ${run}`}
                    total={those.length}
                    legend
                    parts={phaseCounts(those).map(({ phase, count }) => ({
                      name: batchPhases[phase].words,
                      value: count,
                      tone: batchPhases[phase].tone,
                      text: formatCount(count),
                    }))}
                  />
                ) : (
                  <BatchStrip batches={those} />
                )}
              </div>
            ))}
          </div>
        </>
      )}
    </Section>
  )
}
