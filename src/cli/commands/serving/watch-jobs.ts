import type { Project } from '../../../compose/project.ts'
import type { CommandContext } from '../../command.ts'
import { cleanLine } from '../../screen/clean.ts'

/**
 * A watch on job files that loads them anew as they change, and says so; of the configuration it says that it changed,
 * and what to do.
 */
export function watchJobs({ say, paintWords }: CommandContext, offpeak: Project): Disposable {
  const watching = new DisposableStack()
  watching.use(
    offpeak.watchJobs(({ jobs: { jobs, broken } }) => {
      say(`  Job files changed, and were loaded again: ${[...jobs.keys()].join(', ') || 'no job'}.`)
      for (const { file, error } of broken)
        say(paintWords.warn(`  ! ${cleanLine(file)} cannot be used: ${cleanLine(error.message)}`))
    }),
  )
  watching.use(
    offpeak.config.files.watch((changes) =>
      say(
        paintWords.warn(
          `  ! ${changes.map(({ file }) => cleanLine(file)).join(' and ')} changed. This process continues as it began: end it with Ctrl-C and start it again to take that in. Runs continue then.`,
        ),
      ),
    ),
  )
  return watching
}
