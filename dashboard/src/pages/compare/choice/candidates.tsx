import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Difference, SeveralCompared } from '../../../../../src/server/contract/compare.ts'
import { candidatesQuery } from '../../../api/compare.ts'
import { CliLine } from '../../../design/controls/cli-line.tsx'
import { Section } from '../../../design/page.tsx'
import { Waiting } from '../../../design/states/waiting.tsx'
import tones from '../../../design/states/tone.module.css'
import { formatCount, plural } from '../../../../../src/wording/count.ts'
import { formatUsd } from '../../../../../src/wording/amount.ts'
import { shellWord } from '../../../../../src/wording/shell-word.ts'
import styles from './candidates.module.css'

type Side = SeveralCompared['sides'][number]

/** The newest runs of a job's candidates side by side, with what each differs in from the first. */
export function Candidates({ job }: { readonly job: string }) {
  const compared = useQuery(candidatesQuery(job))
  return (
    <Section title="Candidates">
      <Waiting asked={compared} rows={4}>
        {({ common, sides, silent }) => (
          <>
            <div className={styles['scrolls']}>
              <table className={styles['sides']}>
                <caption className="said">Candidates of {job}</caption>
                <thead>
                  <tr>
                    {[
                      'Candidate',
                      'Model',
                      'Valid',
                      'Score',
                      'Tokens out',
                      'Cost of a record',
                      'Cost',
                      '',
                    ].map((title) => (
                      <th key={title} scope="col">
                        {title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {sides.map((side) => (
                    <CandidateRow key={side.name} side={side} first={sides[0]} />
                  ))}
                </tbody>
              </table>
            </div>
            <p className={styles['over']}>
              {common === 0
                ? 'They have no record in common: each is taken on its own.'
                : `Over the ${plural(common, 'record')} that all have an answer to. Each is compared with the first.`}
            </p>
            {silent.map(({ job: candidate, run }) => (
              <p key={candidate} className={styles['over']}>
                {candidate.slice(candidate.indexOf('@') + 1)} is left out:{' '}
                {run === null ? (
                  'it has not run.'
                ) : (
                  <>
                    run{' '}
                    <Link to="/runs/$run" params={{ run }}>
                      {run}
                    </Link>{' '}
                    has no answer.
                  </>
                )}
              </p>
            ))}
            <CliLine command={`offpeak compare ${shellWord(job)}`} />
          </>
        )}
      </Waiting>
    </Section>
  )
}

function CandidateRow({ side, first }: { readonly side: Side; readonly first: Side | undefined }) {
  const { name, job, model, validPercent, score, outputTokens, microUsdPerRecord, costMicroUsd } = side
  const { differences } = side
  return (
    <tr>
      <th scope="row">
        <Link to="/runs/$run" params={{ run: name }}>
          {job.slice(job.indexOf('@') + 1)}
        </Link>
      </th>
      <td>{model}</td>
      <Cell
        value={validPercent === null ? null : `${validPercent.toFixed(1)} %`}
        difference={differences?.validPercent}
        size={(points) => `${points.toFixed(1)} points`}
      />
      <Cell
        value={score?.toFixed(3) ?? null}
        difference={differences?.score}
        size={(size) => size.toFixed(3)}
      />
      <Cell
        value={outputTokens === null ? null : formatCount(outputTokens)}
        difference={differences?.outputTokens}
        size={formatCount}
      />
      <Cell
        value={microUsdPerRecord === null ? null : formatUsd(microUsdPerRecord)}
        difference={differences?.microUsdPerRecord}
        size={formatUsd}
      />
      <td>{formatUsd(costMicroUsd)}</td>
      <td>
        {first === undefined || first.name === name ? null : (
          <Link to="/compare" search={{ a: first.name, b: name }}>
            Record by record
          </Link>
        )}
      </td>
    </tr>
  )
}

/** A figure, and how it differs from that of the first; undefined: it is the first. */
function Cell({
  value,
  difference,
  size,
}: {
  readonly value: string | null
  readonly difference: Difference | null | undefined
  readonly size: (difference: number) => string
}) {
  return (
    <td>
      {value ?? '–'}
      {value === null || difference === undefined ? null : (
        <div className={tones['faint']}>
          {difference === null
            ? 'too few to tell'
            : difference.mayBeChance
              ? 'may be chance'
              : `${difference.difference < 0 ? '−' : '+'}${size(Math.abs(difference.difference))}`}
        </div>
      )}
    </td>
  )
}
