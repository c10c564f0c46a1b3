import type { Config } from '../config/config.ts'
import type { LoadedJob } from '../config/jobs.ts'
import type { JobsChanged } from '../config/project-jobs.ts'
import type { Flow } from '../engine/flow.ts'
import type { EventTail } from '../engine/queries/event-tail.ts'
import type { Provider } from '../ports/provider/provider.ts'
import type { Store } from '../ports/store.ts'
import type { DriveOptions } from './client/driving.ts'
import type { EmbeddedEmulator } from './emulator.ts'
import type { Looking } from './client/looking.ts'
import type { Planning } from './client/planning.ts'
import type { Remedying } from './client/remedying.ts'
import type { Reviewing } from './client/reviewing.ts'
import type { Steering } from './client/steering.ts'

/** A project opened for work: its configuration, state, jobs and provider. */
export interface Project extends AsyncDisposable, Planning, Steering, Looking, Remedying, Reviewing {
  readonly config: Config
  readonly store: Store
  readonly flow: Flow
  /** What happens to all runs, read once for all screens and streams of this process. */
  readonly tail: EventTail
  /** The embedded emulator, where it was chosen to answer; null: providers answer. */
  readonly emulator: () => Promise<EmbeddedEmulator | null>
  /** Whether the embedded emulator answers all jobs; its runs are in a state of its own. */
  readonly isSimulated: boolean
  readonly job: (name: string) => Promise<LoadedJob>
  /**
   * From now on the job files are watched and loaded anew as they change, and the runs are woken that wait for their
   * jobs; `tell` hears of it.
   */
  readonly watchJobs: (tell: (changed: JobsChanged) => void) => Disposable
  readonly provider: (name: string) => Promise<Provider>
  /** All accounts that answer for a job; `provider` is the first. */
  readonly accounts: (name: string) => Promise<readonly Provider[]>
  readonly drive: (options: DriveOptions) => Promise<void>
}
