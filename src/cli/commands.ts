import type { Command, Group } from './command.ts'

/** An entry of the list of commands, with the loader of the command itself. */
export interface CommandEntry {
  readonly name: string
  readonly aliases: readonly string[]
  readonly synopsis: string
  readonly summary: string
  readonly group: Group
  readonly load: () => Promise<{ readonly command: Command }>
}

function entry(
  group: Group,
  synopsis: string,
  summary: string,
  load: CommandEntry['load'],
  aliases: readonly string[] = [],
): CommandEntry {
  return { name: synopsis.split(' ', 1)[0] ?? synopsis, aliases, synopsis, summary, group, load }
}

/** All commands. Nothing is imported before it is called, so that `--help` is quick. */
export const commands: readonly CommandEntry[] = [
  entry('Start', 'init [dir]', 'write a config, a job and example data', () => import('./commands/init.ts')),
  entry(
    'Start',
    'dev',
    'dashboard, emulator and worker in one process, no key needed',
    () => import('./commands/serving/dev.ts'),
  ),
  entry(
    'Start',
    'try <job>',
    'answer a few records in real time and show what would be written',
    () => import('./commands/runs/try.ts'),
  ),
  entry(
    'Start',
    'doctor',
    'check Node, config, keys, database and disk',
    () => import('./commands/doctor/doctor.ts'),
  ),
  entry(
    'Run',
    'jobs [job]',
    'list the jobs of this project, and how far they are',
    () => import('./commands/jobs.ts'),
  ),
  entry(
    'Run',
    'plan <job>',
    'what a run would send and cost; sends nothing',
    () => import('./commands/runs/plan.ts'),
  ),
  entry(
    'Run',
    'run <jobs...|plan.json>',
    'plan, ask for the money, send, and merge the answers',
    () => import('./commands/runs/run.ts'),
  ),
  entry(
    'Run',
    'resume [run]',
    'resume a run, or one that is paused',
    () => import('./commands/runs/resume.ts'),
  ),
  entry(
    'Run',
    'pause [run]',
    'send no more of a run until it is resumed',
    () => import('./commands/runs/pause.ts'),
  ),
  entry('Run', 'retry <run>', 'send again what failed', () => import('./commands/runs/retry.ts')),
  entry(
    'Run',
    'cancel [run]',
    'stop a run; what is paid for is kept',
    () => import('./commands/runs/cancel.ts'),
  ),
  entry(
    'Run',
    'worker',
    'drive all runs, headless, until stopped',
    () => import('./commands/serving/worker.ts'),
  ),
  entry(
    'Run',
    'serve',
    'REST API, dashboard and worker in one process',
    () => import('./commands/serving/serve.ts'),
  ),
  entry(
    'Look',
    'status [run]',
    'where a run stands; without one, the newest runs',
    () => import('./commands/look/status.ts'),
    ['ls'],
  ),
  entry(
    'Look',
    'compare <a> [b]',
    'runs, prompt variants or candidates side by side',
    () => import('./commands/look/compare.ts'),
  ),
  entry('Look', 'show <run> <key>', 'everything about one record', () => import('./commands/look/show.ts')),
  entry(
    'Look',
    'errors <run>',
    'what failed, grouped, with the command that fixes it',
    () => import('./commands/look/errors.ts'),
  ),
  entry(
    'Look',
    'review <run>',
    'judge answers one by one: accept, edit or reject',
    () => import('./commands/look/review.ts'),
  ),
  entry(
    'Look',
    'results <run>',
    'every record with its output: JSON lines, CSV or Parquet',
    () => import('./commands/look/results.ts'),
  ),
  entry(
    'Look',
    'report <run|job>',
    'plan against actual: cost, outcomes, batches, lines',
    () => import('./commands/look/report.ts'),
  ),
  entry(
    'Look',
    'costs',
    'what was spent, by job, model, day or run',
    () => import('./commands/look/costs.ts'),
  ),
  entry(
    'Provider',
    'prices [model]',
    'what models cost, and whether all jobs have a price',
    () => import('./commands/prices.ts'),
  ),
  entry(
    'Provider',
    'quota',
    'enqueued tokens: the limit, what is in use, what waits',
    () => import('./commands/look/quota.ts'),
  ),
  entry(
    'Provider',
    'batches',
    "the provider's list next to ours, and what is orphaned",
    () => import('./commands/look/batches.ts'),
  ),
  entry(
    'Step by step',
    'build <job>',
    'build the files of a run and send nothing',
    () => import('./commands/runs/build.ts'),
  ),
  entry(
    'Step by step',
    'submit [run]',
    'send the files that were built',
    () => import('./commands/runs/submit.ts'),
  ),
  entry(
    'Step by step',
    'merge <run>',
    'write stored answers again, or those of a file; pays nothing',
    () => import('./commands/runs/merge.ts'),
  ),
  entry(
    'Step by step',
    'import <job> <file>',
    "take over another system's batches by their ids",
    () => import('./commands/runs/import.ts'),
  ),
  entry(
    'Project',
    'clean',
    'remove files of ended runs, here and at the provider',
    () => import('./commands/clean.ts'),
  ),
  entry(
    'Project',
    'keys <action> [key]',
    'who may call the server: add, list and revoke keys',
    () => import('./commands/keys.ts'),
  ),
  entry(
    'Project',
    'completion <shell>',
    'a script that completes commands, jobs and runs',
    () => import('./commands/completion.ts'),
  ),
  entry(
    'Project',
    'emulator',
    'a batch provider on this machine, for tests and demos',
    () => import('./commands/serving/emulator.ts'),
  ),
]

export function findCommand(name: string): CommandEntry | null {
  return commands.find((entry) => entry.name === name || entry.aliases.includes(name)) ?? null
}
