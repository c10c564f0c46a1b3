import { useQuery } from '@tanstack/react-query'
import type { Quotas } from '../../../../src/server/contract/cost.ts'
import { quotaQuery } from '../../api/costs.ts'
import { CliLine } from '../../design/controls/cli-line.tsx'
import { Absent, Count, Time } from '../../design/charts/figures.tsx'
import { Meter } from '../../design/charts/meter.tsx'
import { Section } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { type Column, Table } from '../../design/tables/table.tsx'
import tones from '../../design/states/tone.module.css'
import { Waiting } from '../../design/states/waiting.tsx'
import { formatLarge, formatShare } from '../../../../src/wording/count.ts'
import styles from './quota-in-use.module.css'

type Quota = Quotas['items'][number]

/** How full the queues of the providers are, and what waits for room in them. */
export function QuotaInUse() {
  const quotas = useQuery({ ...quotaQuery(), refetchInterval: 15_000 })
  return (
    <Section title="Quota in use">
      <Waiting asked={quotas} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles['none']}>No model was used yet: quota is counted from the first batch on.</p>
          ) : (
            <Table
              caption="Quota in use, by model"
              columns={columns}
              rows={items}
              rowKey={({ key }) => key}
            />
          )
        }
      </Waiting>
      <CliLine command="offpeak quota" />
    </Section>
  )
}

const columns: readonly Column<Quota>[] = [
  {
    id: 'model',
    title: 'model',
    cell: ({ key }) => (
      <span className={styles['model']}>
        <PlainText text={key} />
      </span>
    ),
  },
  {
    id: 'use',
    title: 'enqueued tokens',
    hide: 'narrow',
    cell: ({ key, limitTokens, usedTokens }) => (
      <div className={styles['use']}>
        <Meter
          label={`Enqueued tokens of ${key}`}
          total={limitTokens ?? Math.max(usedTokens, 1)}
          parts={[
            {
              name: 'in use',
              value: usedTokens,
              tone: 'accent',
              hatched: limitTokens === null,
              text: `${formatLarge(usedTokens)} tokens`,
            },
          ]}
        />
      </div>
    ),
  },
  {
    id: 'used',
    title: 'in use',
    align: 'right',
    cell: ({ usedTokens, limitTokens }) =>
      limitTokens === null ? (
        <>
          <Count value={usedTokens} large /> <span className={tones['faint']}>no known limit</span>
        </>
      ) : (
        <>
          <Count value={usedTokens} large /> of <Count value={limitTokens} large />,{' '}
          {formatShare(usedTokens, limitTokens)}
        </>
      ),
  },
  {
    id: 'waiting',
    title: 'waiting batches',
    align: 'right',
    cell: ({ waiting }) => (waiting === 0 ? <Absent /> : <Count value={waiting} tone="warn" />),
  },
  {
    id: 'from',
    title: 'not before',
    align: 'right',
    hide: 'narrow',
    cell: ({ notBefore }) => <Time at={notBefore} clock />,
  },
]
