import { Empty } from '../../design/empty.tsx'

/** The clock, the bill and the faults of the emulator. */
export function EmulatorPage() {
  return <Empty title="Not built yet" />
}
