import type { AnyJob } from '../../ports/job.ts'
import type { RunRow } from '../../ports/state.ts'
import { command } from '../command.ts'
import { formatAgo } from '../screen/format.ts'
import { sinkWords } from '../screen/sink-words.ts'
import { table } from '../screen/table.ts'

interface JobLine {
  readonly name: string
  readonly file: string
  readonly model: string
  readonly source: string
  readonly sink: string
  readonly lastRun: Pick<RunRow, 'id' | 'state' | 'createdAt'> | null
}

const jobs = command({
  name: 'jobs',
  summary: 'list the jobs of this project',
  group: 'Run',
  options: {},
  examples: ['offpeak jobs', 'offpeak jobs --json'],
  async run(context) {
    const offpeak = await context.open()
    const loaded = [...(await offpeak.config.jobs()).values()]
    const lines = await Promise.all(
      loaded.map(async ({ job, file }): Promise<JobLine> => {
        const [last] = await offpeak.store.runs({ job: job.name, limit: 1 })
        return {
          name: job.name,
          file,
          model: modelOf(job),
          source: sourceOf(job),
          sink: sinkWords(job),
          lastRun: last ? { id: last.id, state: last.state, createdAt: last.createdAt } : null,
        }
      }),
    )
    if (context.globals.json) {
      context.printJson({ schema: 'offpeak.jobs/1', jobs: lines })
      return 0
    }
    if (lines.length === 0) {
      context.say('  No job files were found.')
      context.next('Write one', 'offpeak init')
      return 0
    }
    const now = context.io.now()
    context.print(
      table<JobLine>(
        [
          { title: 'job', value: ({ name }) => name, paint: context.paint.strong },
          { title: 'from', value: ({ source }) => source, shrink: true },
          { title: 'into', value: ({ sink }) => sink, shrink: true },
          { title: 'model', value: ({ model }) => model, shrink: true },
          {
            title: 'last run',
            value: ({ lastRun }) =>
              lastRun === null ? '-' : `${lastRun.id} ${lastRun.state}, ${formatAgo(lastRun.createdAt, now)}`,
          },
        ],
        lines,
        { paint: context.paint, width: context.io.stdout.columns() },
      ),
    )
    context.next('Next', `offpeak plan ${lines[0]?.name ?? '<job>'}`)
    return 0
  },
})
export { jobs as command }

function modelOf({ model: { provider, model, name } }: AnyJob): string {
  return `${name ?? provider} / ${model ?? 'named by the environment'}`
}

function sourceOf({ from }: AnyJob): string {
  return typeof from === 'function' ? 'by parameters' : from.describe
}
