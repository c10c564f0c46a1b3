import { type FormEvent, useState } from 'react'
import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { addFault, clearFaults } from '../../api/emulator.ts'
import { Button } from '../../design/button.tsx'
import { Failure } from '../../design/failure.tsx'
import { SelectField } from '../../design/field.tsx'
import { Count } from '../../design/figures.tsx'
import { Section } from '../../design/page.tsx'
import { PlainText } from '../../design/plain-text.tsx'
import { Segments } from '../../design/segments.tsx'
import { type Column, Table } from '../../design/table.tsx'
import { useEmulatorAct } from './use-emulator-act.ts'
import styles from './faults.module.css'

type Fault = EmulatorState['faults'][number]

/** What batches are told to live through, and how often they did. */
export function Faults({ state: { faults, scenarios } }: { readonly state: EmulatorState }) {
  const [scenario, setScenario] = useState(scenarios[0]?.name ?? '')
  const [times, setTimes] = useState<'next' | 'all'>('next')
  const adding = useEmulatorAct(addFault)
  const clearing = useEmulatorAct(() => clearFaults())
  const add = (event: FormEvent): void => {
    event.preventDefault()
    adding.mutate({ scenario, times })
  }
  const failed = adding.error ?? clearing.error
  return (
    <Section
      title="What batches live through"
      aside={
        faults.length === 0 ? null : (
          <Button busy={clearing.isPending} onClick={() => clearing.mutate(undefined)}>
            Clear all
          </Button>
        )
      }
    >
      <form className={styles['wish']} onSubmit={add}>
        <Segments
          label="Which batches"
          value={times}
          choices={[
            { value: 'next', words: 'The next batch' },
            { value: 'all', words: 'Every batch' },
          ]}
          onChoose={setTimes}
        />
        <SelectField
          label="What happens"
          value={scenario}
          choices={scenarios.map(({ name, words }) => ({ value: name, words: `${words} (${name})` }))}
          onChoose={setScenario}
        />
        <Button type="submit" tone="primary" busy={adding.isPending} disabled={scenario === ''}>
          Set
        </Button>
      </form>
      {failed === null ? null : <Failure error={failed} />}
      {faults.length === 0 ? (
        <p className={styles['none']}>Nothing is set: batches live as they do on a good day.</p>
      ) : (
        <Table
          caption="Faults that are set"
          columns={columnsWith(scenarios)}
          rows={faults}
          rowKey={({ id }) => id}
        />
      )}
    </Section>
  )
}

function columnsWith(scenarios: EmulatorState['scenarios']): readonly Column<Fault>[] {
  return [
    {
      id: 'words',
      title: 'a batch',
      cell: ({ name }) => (
        <PlainText text={scenarios.find((scenario) => scenario.name === name)?.words ?? name} />
      ),
    },
    { id: 'name', title: 'scenario', hide: 'narrow', cell: ({ name }) => <PlainText text={name} /> },
    {
      id: 'matched',
      title: 'batches since',
      align: 'right',
      cell: ({ matched }) => <Count value={matched} />,
    },
    { id: 'fired', title: 'fired', align: 'right', cell: ({ fired }) => <Count value={fired} /> },
  ]
}
