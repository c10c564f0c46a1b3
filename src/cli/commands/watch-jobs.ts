import type { Project } from '../../compose/project.ts'
import type { CommandContext } from '../command.ts'
import { cleanLine } from '../screen/clean.ts'

/** Loads job files anew as they change, and says so. */
export function watchJobs({ say, paintWords }: CommandContext, offpeak: Project): Disposable {
  return offpeak.watchJobs(({ jobs: { jobs, broken } }) => {
    say(`  Job files changed, and were loaded anew: ${[...jobs.keys()].join(', ') || 'no job'}.`)
    for (const { file, error } of broken)
      say(paintWords.warn(`  ! ${cleanLine(file)} cannot be used: ${cleanLine(error.message)}`))
  })
}
