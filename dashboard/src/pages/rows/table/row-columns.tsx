import { Absent, Count, Money } from '../../../design/charts/figures.tsx'
import { PlainText } from '../../../design/texts/plain-text.tsx'
import { StateMark } from '../../../design/states/state-mark.tsx'
import { formatCount } from '../../../../../src/wording/count.ts'
import { visibleLine } from '../../../format/visible.ts'
import { outcomes } from '../../../words/outcome.ts'
import { fieldText, wholeAnswer } from '../output-fields.ts'
import styles from './row-columns.module.css'
import type { ListedRow } from '../slim-row.ts'

/** A column of the list, in the width that it needs. */
export interface RowColumn {
  readonly id: string
  readonly title: string
  /** In rem; with `grow` it takes what is left, too. */
  readonly width: number
  readonly grow?: boolean
  readonly align?: 'right'
  /** Left out on windows that are narrower than these pixels. */
  readonly from?: number
  /** The field that the list is sorted by with this column; absent: it is not. */
  readonly sortBy?: string
  readonly cell: (row: ListedRow) => React.ReactNode
}

const narrow = 760
const medium = 1_120

/** What is shown of a record; its key stands before. */
export function rowColumns({
  fields,
  scored,
}: {
  readonly fields: readonly string[]
  /** Whether the job gives scores. */
  readonly scored: boolean
}): readonly RowColumn[] {
  return [
    {
      id: 'state',
      sortBy: 'outcome',
      title: 'State',
      width: 6.5,
      cell: ({ outcome }) => (
        <span title={outcomes[outcome].words}>
          <StateMark {...outcomes[outcome]} words={outcome} />
        </span>
      ),
    },
    {
      id: 'error',
      sortBy: 'reason',
      title: 'Error',
      width: 11,
      grow: fields.length === 0,
      from: narrow,
      cell: ({ reason, sameAs }) =>
        reason !== null ? (
          <Short text={reason} />
        ) : sameAs !== null ? (
          <span className={styles['faint']}>
            same as <Short text={sameAs} />
          </span>
        ) : (
          <Absent />
        ),
    },
    {
      id: 'tokens',
      sortBy: 'outputTokens',
      title: 'Tokens in / out',
      width: 7,
      align: 'right',
      from: medium,
      cell: ({ inputTokens, outputTokens }) =>
        inputTokens === null ? (
          <Absent />
        ) : (
          `${formatCount(inputTokens)} / ${outputTokens === null ? '–' : formatCount(outputTokens)}`
        ),
    },
    {
      id: 'cost',
      sortBy: 'costUsd',
      title: 'Cost',
      width: 4.75,
      align: 'right',
      from: narrow,
      cell: ({ costUsd }) => <Money microUsd={costUsd === null ? null : costUsd * 1e6} />,
    },
    {
      id: 'tries',
      sortBy: 'tries',
      title: 'Tries',
      width: 2.5,
      align: 'right',
      from: medium,
      cell: ({ tries }) => <Count value={tries} tone={tries > 1 ? 'warn' : 'plain'} />,
    },
    ...(scored
      ? [
          {
            id: 'score',
            sortBy: 'score',
            title: 'Score',
            width: 3,
            align: 'right',
            from: narrow,
            cell: ({ score }: ListedRow) => (score === null ? <Absent /> : score.toFixed(2)),
          } as const,
        ]
      : []),
    ...fields.map((field, at): RowColumn => ({
      id: `output.${field}`,
      sortBy: field === wholeAnswer ? 'output' : `output.${field}`,
      title: field === wholeAnswer ? 'Answer' : visibleLine(field),
      width: at === 0 ? 13 : 10,
      grow: true,
      cell: (row) => <Answer row={row} field={field} first={at === 0} />,
    })),
  ]
}

/** What was not accepted is faint; of an answer that is no JSON, the first column shows the beginning. */
function Answer({
  row,
  field,
  first,
}: {
  readonly row: ListedRow
  readonly field: string
  readonly first: boolean
}) {
  const text = fieldText(row.output, field)
  if (text !== null) return <Short text={text} />
  const draft = row.output === null ? fieldText(row.draft, field) : null
  const raw = first && row.output === null && row.draft === null ? row.text : null
  if (draft === null && raw === null) return <Absent />
  return (
    <span className={styles['faint']} title="not accepted">
      <Short text={draft ?? raw ?? ''} />
    </span>
  )
}

const mostShown = 240

function Short({ text }: { readonly text: string }) {
  const line = text.slice(0, mostShown).replaceAll(/\s+/g, ' ')
  return (
    <bdi>
      <PlainText text={line} />
    </bdi>
  )
}
