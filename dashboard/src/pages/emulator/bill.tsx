import { useQuery } from '@tanstack/react-query'
import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { costsQuery } from '../../api/costs.ts'
import { Count, Money } from '../../design/charts/figures.tsx'
import { Facts, Section } from '../../design/page.tsx'
import { ShapeIcon } from '../../design/shape.tsx'
import tones from '../../design/states/tone.module.css'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { billWords } from './bill-words.ts'
import styles from './clock.module.css'

/** What the emulator would invoice, beside what the ledger of the project says. */
export function Bill({ state: { bill } }: { readonly state: EmulatorState }) {
  const ledger = useQuery({ ...costsQuery({ by: 'job' }), refetchInterval: 5_000 })
  const total = ledger.data?.total
  const words = total === undefined ? null : billWords(bill, total)
  return (
    <Section title="Its bill next to the ledger">
      <Facts
        entries={[
          {
            name: 'Its bill',
            value: <Money microUsd={bill.costMicroUsd} />,
            note: `${plural(bill.requests, 'request')} in ${formatCount(bill.batches)} batches`,
          },
          {
            name: 'The ledger',
            value: <Money microUsd={total?.spentMicroUsd ?? null} />,
            note:
              total === undefined || total.reservedMicroUsd === 0 ? undefined : (
                <>
                  and <Money microUsd={total.reservedMicroUsd} /> reserved
                </>
              ),
          },
          {
            name: 'Duplicate requests',
            value: (
              <Count value={bill.duplicateRequests} tone={bill.duplicateRequests > 0 ? 'warn' : 'plain'} />
            ),
            note: 'the same body, paid again',
          },
        ]}
      />
      {words === null ? null : (
        <p className={styles['said']}>
          <span className={tones[words.agree ? 'good' : 'faint']}>
            <ShapeIcon shape={words.agree ? 'check' : 'half'} />
          </span>
          {words.words}
        </p>
      )}
    </Section>
  )
}
