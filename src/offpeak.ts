import { watchJobFiles } from './compose/job-doors.ts'
import { looking } from './compose/looking.ts'
import { openWorkspace, type StatePatience } from './compose/open-workspace.ts'
import { planning } from './compose/planning.ts'
import type { Offpeak } from './compose/project.ts'
import { remedying } from './compose/remedying.ts'
import { reviewing } from './compose/reviewing.ts'
import { steering } from './compose/steering.ts'
import type { ConfigOptions } from './config/config.ts'
import { EventTail } from './engine/look/event-tail.ts'

export type { DriveOptions } from './compose/driving.ts'
export type { Offpeak } from './compose/project.ts'
export { everything, type Selection } from './compose/selection.ts'
export type { StartHow } from './compose/starting.ts'

/**
 * Opens the project of a directory, this one when none is named. What plans, sends or merges is loaded when it is first
 * used, so that a command that only reads the state is quick. A state that is away for a moment is waited for. Throws
 * E_CONFIG, E_ENV, E_DATABASE, E_DISK, E_STATE_*. Nothing is sent.
 */
export async function openOffpeak(
  options: Partial<ConfigOptions> = {},
  patience: StatePatience = {},
): Promise<Offpeak> {
  const workspace = await openWorkspace(options, patience)
  const { config, store, flow, emulator, loaded } = workspace
  return {
    config,
    store,
    flow,
    tail: new EventTail(store),
    emulator,
    isSimulated: config.isSimulated,
    job: loaded,
    watchJobs: watchJobFiles(config, flow),
    provider: async (name) => flow.provider((await loaded(name)).job),
    drive: async (how) => (await import('./compose/driving.ts')).drive(workspace, how),
    ...planning(workspace),
    ...steering(workspace),
    ...looking(workspace),
    ...remedying(workspace),
    ...reviewing(workspace),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  }
}
