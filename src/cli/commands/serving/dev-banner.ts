import { relative } from 'node:path'
import type { EmbeddedEmulator } from '../../../compose/emulator.ts'
import { sinkWords } from '../../../compose/job-words.ts'
import { messageOf } from '../../../domain/errors.ts'
import { everything } from '../../../compose/selection.ts'
import type { Project } from '../../../compose/project.ts'
import type { AnyJob } from '../../../ports/job.ts'
import type { CommandContext } from '../../command.ts'
import { plural } from '../../../wording/count.ts'
import { labelled } from '../../screen/table.ts'

/** A job as `dev` lists it. */
export interface JobLine {
  readonly name: string
  readonly records: number | null
  /** Why the records cannot be counted. */
  readonly problem: string | null
  readonly sink: string
}

export async function jobLines(offpeak: Project): Promise<readonly JobLine[]> {
  const lines: JobLine[] = []
  for (const { job } of (await offpeak.config.jobs.all()).values())
    lines.push({ name: job.name, sink: sinkWords(job), ...(await countRecords(offpeak, job)) })
  return lines
}

async function countRecords(
  offpeak: Project,
  { from, params, model, version = '' }: AnyJob,
): Promise<Pick<JobLine, 'records' | 'problem'>> {
  try {
    const context = { params: everything.params, model: model.model ?? '', version }
    const source = typeof from === 'function' ? (params ? null : from(context)) : from
    if (source === null) return { records: null, problem: null }
    await using reader = await source.open(offpeak.flow.connectors)
    return { records: await reader.count(), problem: null }
  } catch (thrown) {
    return { records: null, problem: messageOf(thrown) }
  }
}

/** Lines on what is served where; the dashboard comes first. */
export function banner(
  { version, paint }: CommandContext,
  offpeak: Project,
  {
    link,
    emulator,
    jobs,
  }: {
    readonly link: string
    readonly emulator: EmbeddedEmulator
    readonly jobs: readonly JobLine[]
  },
): string {
  const words = ({ name, records, problem }: JobLine): string =>
    problem !== null
      ? `${name}  ${paint.warn(`cannot be read: ${problem}`)}`
      : records === null
        ? name
        : `${name} (${plural(records, 'record')})`
  const sinks = [...new Set(jobs.map(({ sink }) => sink))].join(', ')
  return [
    `  ${paint.strong(`Offpeak ${version}`)} · emulator on: no key needed, costs are simulated`,
    '',
    labelled(
      [
        ['Dashboard', link],
        [
          'Emulator',
          `${emulator.openaiBaseUrl}${emulator.own ? '' : paint.faint('  (another process runs it; its options stay as they are)')}`,
        ],
        ['', paint.faint(`AZURE_OPENAI_ENDPOINT=${emulator.azureEndpoint}`)],
        ['Jobs', jobs.length === 0 ? 'none yet: offpeak init writes one' : jobs.map(words).join('\n')],
        sinks === ''
          ? null
          : [
              'Writes',
              offpeak.config.writesSimulated
                ? `invented answers to ${sinks}`
                : `.offpeak/emulator, in place of ${sinks}`,
            ],
        ['Env', envFiles(offpeak).join(', ') || 'no .env file; none is needed'],
      ],
      paint,
    ),
  ].join('\n')
}

export function envFiles({ config }: Project): readonly string[] {
  return config.environment.files.map((file) => relative(config.dir, file) || file)
}
