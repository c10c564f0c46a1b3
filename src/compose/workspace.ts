import type { Config } from '../config/config.ts'
import type { WakeQueue } from '../drivers/pg-boss.ts'
import type { Flow } from '../engine/flow.ts'
import { findRun } from '../engine/queries/find-run.ts'
import { specOf } from '../engine/spec.ts'
import type { RunRow } from '../ports/state.ts'
import type { Store } from '../ports/store.ts'
import type { EmbeddedEmulator } from './emulator.ts'
import type { JobAccess } from './job-access.ts'
import type { Selection } from './selection.ts'

/** An opened project, as the parts of its client share it. */
export interface Workspace {
  readonly config: Config
  readonly store: Store
  /** Reads and writes where the jobs say. */
  readonly flow: Flow
  /** Reads and writes the emulator's copies, where the embedded emulator was chosen; else the same as `flow`. */
  readonly apart: Flow
  /** Null: each process looks into the state itself. */
  readonly queue: WakeQueue | null
  /** Started when it is first asked for; null: providers answer. */
  readonly emulator: () => Promise<EmbeddedEmulator | null>
  readonly loaded: JobAccess['loaded']
}

/** Whether answers go where the job says: invented ones are written apart, unless somebody wants them there. */
export function writesFor(
  { config }: Pick<Workspace, 'config'>,
  { write }: Pick<Selection, 'write'>,
): boolean {
  return !config.isSimulated || (write ?? config.writesSimulated)
}

/** A run with the flow that reads and writes where it began to. Throws E_RUN_UNKNOWN. */
export async function runIn(
  { flow, apart }: Pick<Workspace, 'flow' | 'apart'>,
  runId: string,
): Promise<readonly [Flow, RunRow]> {
  const run = await findRun(flow, runId)
  return [specOf(run).writes ? flow : apart, run]
}
