import { join } from 'node:path'
import type { AnyJob, Candidate, JsonlSink, SinkContext, Values } from './job.ts'

/** Between the name of a job and that of one of its candidates. */
const separator = '@'

/** The job that a candidate belongs to; of any other job its own name. */
export function baseJob(name: string): string {
  return name.split(separator, 1)[0] ?? name
}

/** The names of a job's candidates, each as the job that it is: `headnotes@short`. */
export function candidateNames({ name, candidates }: Pick<AnyJob, 'name' | 'candidates'>): readonly string[] {
  return Object.keys(candidates ?? {}).map((candidate) => `${name}${separator}${candidate}`)
}

/**
 * The candidates of a job as jobs of their own: the same records, asked as each says, with answers that go to a file of
 * the project's own folder and never to the job's sink.
 */
export function candidateJobs(job: AnyJob): readonly AnyJob[] {
  return Object.entries(job.candidates ?? {}).map(([candidate, differs]) =>
    Object.freeze(jobOf(job, `${job.name}${separator}${candidate}`, differs)),
  )
}

function jobOf(
  job: AnyJob,
  name: string,
  { prompt, ...differs }: Candidate<unknown, unknown, unknown>,
): AnyJob {
  const { candidates: _, after: __, track: ___, join: ____, variants, ...kept } = job
  const to: JsonlSink<SinkContext<unknown, unknown>> = {
    jsonl: join('.offpeak', 'candidates', `${name}.jsonl`),
    line: (context) => valuesOf(job, context),
  }
  return {
    ...kept,
    ...(prompt === undefined ? (variants === undefined ? {} : { variants }) : { prompt }),
    ...differs,
    name,
    to,
  }
}

/** What the job would write, as a line of a file. */
function valuesOf({ to }: AnyJob, context: SinkContext<unknown, unknown>): Values {
  if (to === undefined) return { output: context.output }
  if ('set' in to) return to.set(context)
  if ('file' in to) return { content: to.content === undefined ? context.output : to.content(context) }
  if ('sink' in to) return to.values === undefined ? { output: context.output } : to.values(context)
  return to.line === undefined ? { output: context.output } : to.line(context)
}
