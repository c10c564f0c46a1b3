import { watchJobFiles } from './job-access.ts'
import { looking } from './client/looking.ts'
import { openWorkspace, type StatePatience } from './open-workspace.ts'
import { planning } from './client/planning.ts'
import type { Project } from './project.ts'
import { remedying } from './client/remedying.ts'
import { reviewing } from './client/reviewing.ts'
import { steering } from './client/steering.ts'
import type { ConfigOptions } from '../config/config.ts'
import { EventTail } from '../engine/queries/event-tail.ts'

/**
 * The project of a directory, opened; this one when none is named. What plans, sends or merges is loaded when it is
 * first used, so that a command that only reads the state is quick. A state that is away for a moment is waited for.
 * Throws E_CONFIG, E_ENV, E_DATABASE, E_DISK, E_STATE_*. Nothing is sent.
 */
export async function openProject(
  options: Partial<ConfigOptions> = {},
  patience: StatePatience = {},
): Promise<Project> {
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
    accounts: async (name) => flow.accounts((await loaded(name)).job),
    drive: async (how) => (await import('./client/driving.ts')).drive(workspace, how),
    ...planning(workspace),
    ...steering(workspace),
    ...looking(workspace),
    ...remedying(workspace),
    ...reviewing(workspace),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  }
}
