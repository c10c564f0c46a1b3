import { useQuery } from '@tanstack/react-query'
import { emulatorQuery } from '../../api/emulator.ts'
import { CliLines } from '../../design/controls/cli-line.tsx'
import { Empty } from '../../design/states/empty.tsx'
import { Page } from '../../design/page.tsx'
import { Waiting } from '../../design/states/waiting.tsx'
import { Words } from '../../design/texts/words.tsx'
import { useSession } from '../../shell/session.tsx'
import { Bill } from './bill.tsx'
import { Clock } from './clock.tsx'
import { EmulatedBatches } from './emulated-batches.tsx'
import { Faults } from './faults.tsx'
import styles from './emulator-page.module.css'

/** The clock, the bill and the faults of the emulator. */
export function EmulatorPage() {
  const { emulator } = useSession()
  return (
    <Page
      title="Emulator"
      lead="A provider on this machine, with a clock of its own: nothing is sent to anybody, and nothing costs money."
    >
      {emulator ? <Controls /> : <NotHere />}
    </Page>
  )
}

function Controls() {
  const asked = useQuery(emulatorQuery())
  return (
    <Waiting asked={asked} rows={14}>
      {(state) => (
        <>
          <div className={styles['top']}>
            <Clock state={state} readAt={asked.dataUpdatedAt} />
            <Bill state={state} />
          </div>
          <Faults state={state} />
          <EmulatedBatches batches={state.batches} />
          <CliLines
            lines={[
              { words: 'Its state', command: `curl ${state.url}/_emulator/state` },
              { words: 'Faster from the start', command: 'offpeak dev --speed 100x' },
            ]}
          />
        </>
      )}
    </Waiting>
  )
}

function NotHere() {
  const { scope } = useSession()
  return (
    <Empty title="There is no emulator at hand">
      <p>
        <Words
          text={
            scope === 'admin'
              ? '`offpeak dev` serves this dashboard with an emulator that answers every job: to see how a run goes, and what becomes of it when a provider misbehaves.'
              : `Its controls need the scope admin; your session may ${scope}. They are there when \`offpeak dev\` serves this dashboard.`
          }
        />
      </p>
      <CliLines
        lines={[
          { words: 'With this dashboard', command: 'offpeak dev' },
          { words: 'By itself, for tests', command: 'offpeak emulator --speed 100x' },
        ]}
      />
    </Empty>
  )
}
