import { type FormEvent, useState } from 'react'
import type { EmulatorState } from '../../../../src/server/contract/emulator.ts'
import { addFault, clearFaults } from '../../api/emulator.ts'
import { Button } from '../../design/controls/button.tsx'
import { Failure } from '../../design/states/failure.tsx'
import { SelectField } from '../../design/controls/field.tsx'
import { Count } from '../../design/charts/figures.tsx'
import { Section } from '../../design/page.tsx'
import { PlainText } from '../../design/texts/plain-text.tsx'
import { Segments } from '../../design/charts/segments.tsx'
import { type Column, Table } from '../../design/tables/table.tsx'
import { ScenarioOptions } from './scenario-options.tsx'
import { useEmulatorAct } from './use-emulator-act.ts'
import styles from './faults.module.css'

type Fault = EmulatorState['faults'][number]

/** What batches and calls are told to meet, and how often they did. */
export function Faults({ state: { faults, scenarios } }: { readonly state: EmulatorState }) {
  const [name, setName] = useState(scenarios[0]?.name ?? '')
  const [times, setTimes] = useState<'next' | 'all'>('next')
  const [options, setOptions] = useState<Readonly<Record<string, string>>>({})
  const adding = useEmulatorAct(addFault)
  const clearing = useEmulatorAct(() => clearFaults())
  const add = (event: FormEvent): void => {
    event.preventDefault()
    const given = Object.entries(options).filter(([, value]) => value !== '')
    adding.mutate({ scenario: name, times, options: Object.fromEntries(given) })
  }
  const choose = (chosen: string): void => {
    setName(chosen)
    setOptions({})
  }
  const scenario = scenarios.find((known) => known.name === name)
  const failed = adding.error ?? clearing.error
  return (
    <Section
      title="Fault injection"
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
          label="How often"
          value={times}
          choices={[
            { value: 'next', words: scenario?.concerns === 'call' ? 'The next calls' : 'The next batch' },
            { value: 'all', words: scenario?.concerns === 'call' ? 'Every call' : 'Every batch' },
          ]}
          onChoose={setTimes}
        />
        <SelectField
          label="What happens"
          value={name}
          choices={scenarios.map((known) => ({ value: known.name, words: `${known.name}: ${known.words}` }))}
          onChoose={choose}
        />
        <div className={styles['options']}>
          <ScenarioOptions
            options={scenario?.options ?? []}
            values={options}
            onChange={(option, value) => setOptions({ ...options, [option]: value })}
          />
        </div>
        <Button type="submit" tone="primary" busy={adding.isPending} disabled={name === ''}>
          Set
        </Button>
      </form>
      {failed === null ? null : <Failure error={failed} />}
      {faults.length === 0 ? (
        <p className={styles['none']}>Nothing is set: batches and calls go as they do on a good day.</p>
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
    { id: 'name', title: 'scenario', cell: ({ name }) => <PlainText text={name} /> },
    {
      id: 'words',
      title: 'what happens',
      grow: true,
      hide: 'narrow',
      cell: ({ name }) => (
        <PlainText text={scenarios.find((scenario) => scenario.name === name)?.words ?? name} />
      ),
    },
    {
      id: 'matched',
      title: 'met since',
      align: 'right',
      cell: ({ matched }) => <Count value={matched} />,
    },
    { id: 'fired', title: 'fired', align: 'right', cell: ({ fired }) => <Count value={fired} /> },
  ]
}
