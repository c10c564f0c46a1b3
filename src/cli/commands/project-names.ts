import { loadConfig } from '../../config/config.ts'
import { type RecentRun, recentRuns } from '../../stores/runs/recent-runs.ts'
import type { Globals } from '../command.ts'
import { givenModules } from '../given-modules.ts'

const shownRuns = 50

/** The jobs of the project and its newest runs; the state is only read, and no provider is asked. */
export async function projectNames(
  { cwd, configFile, envFile }: Pick<Globals, 'cwd' | 'configFile' | 'envFile'>,
  { runs }: { readonly runs: boolean },
): Promise<{ readonly jobs: readonly string[]; readonly runs: readonly RecentRun[] }> {
  const modules = await givenModules()
  const config = await loadConfig({
    cwd,
    configFile,
    envFile,
    modules,
  })
  return {
    jobs: [...(await config.jobs.all()).keys()],
    runs: runs ? await recentRuns(config.state, shownRuns).catch(() => []) : [],
  }
}
