import { once } from 'node:events'
import { createServer } from 'node:net'
import { relative } from 'node:path'
import type { EmbeddedEmulator } from '../../compose/emulator.ts'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { everything, type Offpeak } from '../../offpeak.ts'
import type { AnyJob } from '../../ports/job.ts'
import { command, type CommandContext } from '../command.ts'
import { devKeys } from './dev-keys.ts'
import { checkPort, defaultEmulatorPort, emulatorFlags } from './emulator.ts'
import { yesFlag } from './flags.ts'
import { plural } from '../screen/format.ts'
import { sinkWords } from '../../compose/job-words.ts'
import { labelled } from '../screen/table.ts'
import { work } from './worker.ts'

const leftAtOnceExit = 130

const dev = command({
  name: 'dev',
  summary: 'emulator, worker and job list in one process, no key needed',
  group: 'Start',
  options: {
    ...emulatorFlags,
    noOpen: yesFlag('--no-open', 'taken for scripts; nothing is opened'),
  },
  examples: ['offpeak dev', 'offpeak dev --fail-rate 0.02 --speed 100x', 'offpeak dev --port 0 --json'],
  notes: [
    'Everything is answered by the emulator, whatever keys there are: nothing leaves this machine. The answers are invented, and runs write them where the jobs write. Its batches and its bill are kept in .offpeak/emulator.',
  ],
  async run(context, _args, options) {
    checkPort(options.port ?? 0)
    const signal = context.interruptible()
    const offpeak = await context.open({
      port: options.port ?? (await freeOr(defaultEmulatorPort)),
      speed: options.speed ?? undefined,
      seed: options.seed ?? undefined,
      failRate: options.failRate ?? undefined,
      latencyMs: options.latency ?? undefined,
    })
    const emulator = await offpeak.emulator()
    if (!emulator) throw new OffpeakError('E_BUG', 'the emulator was not started')
    const jobs = await jobLines(offpeak)
    if (context.globals.json)
      context.printJson({
        schema: 'offpeak.dev/1',
        url: emulator.url,
        openaiBaseUrl: emulator.openaiBaseUrl,
        azureEndpoint: emulator.azureEndpoint,
        own: emulator.own,
        jobs,
        env: envFiles(offpeak),
      })
    else context.print(banner(context, offpeak, emulator, jobs))
    const stop = new AbortController()
    const over = AbortSignal.any([signal, stop.signal])
    using keys = context.mayAsk
      ? devKeys(
          context,
          offpeak,
          emulator,
          jobs.map(({ name }) => name),
          () => (stop.signal.aborted ? context.io.leave(leftAtOnceExit) : stop.abort()),
        )
      : null
    if (keys === null) context.say('  Serving. Ctrl-C ends it.')
    await work(context, offpeak, { signal: over })
    if (!over.aborted) await once(over, 'abort')
    context.say('  Ended. Runs that are not over go on with the next `offpeak dev` or `offpeak resume`.')
    return 0
  },
})
export { dev as command }

interface JobLine {
  readonly name: string
  readonly records: number | null
  /** Why the records cannot be counted. */
  readonly problem: string | null
  readonly sink: string
}

async function jobLines(offpeak: Offpeak): Promise<readonly JobLine[]> {
  const lines: JobLine[] = []
  for (const { job } of (await offpeak.config.jobs()).values())
    lines.push({ name: job.name, sink: sinkWords(job), ...(await countRecords(offpeak, job)) })
  return lines
}

async function countRecords(
  offpeak: Offpeak,
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

function banner(
  { version, paint }: CommandContext,
  offpeak: Offpeak,
  emulator: EmbeddedEmulator,
  jobs: readonly JobLine[],
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
        [
          'Emulator',
          `${emulator.openaiBaseUrl}${emulator.own ? '' : paint.faint('  (another process runs it; its options stay as they are)')}`,
        ],
        ['', paint.faint(`AZURE_OPENAI_ENDPOINT=${emulator.azureEndpoint}`)],
        ['Jobs', jobs.length === 0 ? 'none yet: offpeak init writes one' : jobs.map(words).join('\n')],
        sinks === '' ? null : ['Writes', `invented answers, when you run a job, to ${sinks}`],
        ['Env', envFiles(offpeak).join(', ') || 'no .env file; none is needed'],
      ],
      paint,
    ),
  ].join('\n')
}

function envFiles({ config }: Offpeak): readonly string[] {
  return config.environment.files.map((file) => relative(config.dir, file) || file)
}

/** The port when nobody has it, else 0 for any that is free. */
async function freeOr(port: number): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return port
  } catch {
    return 0
  } finally {
    server.close()
  }
}
