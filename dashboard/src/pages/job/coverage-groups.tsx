import type { Coverage } from '../../../../src/server/contract/job.ts'
import { Count } from '../../design/charts/figures.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { type Column, Table } from '../../design/tables/table.tsx'
import { formatCount } from '../../../../src/wording/count.ts'
import { CoverageBar } from './coverage-bar.tsx'
import styles from './coverage-section.module.css'

type Group = Coverage['groups'][number]

/** The same for each group of records. */
export function CoverageGroups({
  coverage: { by, groups, isTruncated: cut },
}: {
  readonly coverage: Coverage
}) {
  const columns = groupColumns(by)
  return (
    <>
      <Table
        caption={`Coverage by ${by.join(', ')}`}
        columns={columns}
        rows={groups}
        rowKey={({ values }) => Object.values(values).join('\u001f')}
      />
      {cut ? (
        <p className={styles['soft']}>More than {formatCount(groups.length)} groups: the rest is left out.</p>
      ) : null}
    </>
  )
}

function groupColumns(by: readonly string[]): readonly Column<Group>[] {
  const count = (name: 'done' | 'stale' | 'failed' | 'never', title: string): Column<Group> => ({
    id: name,
    title,
    align: 'right',
    cell: (group) => <Count value={group[name]} tone={group[name] === 0 ? 'faint' : 'plain'} />,
  })
  return [
    ...by.map((field): Column<Group> => ({
      id: `by ${field}`,
      title: field,
      cell: ({ values }) => <PlainText text={values[field] ?? ''} />,
    })),
    {
      id: 'bar',
      title: 'Coverage',
      hide: 'narrow',
      cell: (group) => (
        <span className={styles['bar']}>
          <CoverageBar label={Object.values(group.values).join(', ')} counts={group} />
        </span>
      ),
    },
    { id: 'total', title: 'Records', align: 'right', cell: ({ total }) => <Count value={total} /> },
    count('done', 'done'),
    count('stale', 'stale'),
    count('failed', 'failed'),
    count('never', 'never asked'),
  ]
}
