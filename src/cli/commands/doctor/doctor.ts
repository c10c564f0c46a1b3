import { errorCodes } from '../../../domain/errors.ts'
import type { Project } from '../../../compose/project.ts'
import { command, type CommandContext } from '../../command.ts'
import { type Check, failedCheck, nodeCheck } from './doctor-check.ts'
import { jobChecks, modelsOf } from './doctor-jobs.ts'
import {
  configCheck,
  databaseCheck,
  diskCheck,
  environmentChecks,
  filesCheck,
  privacyCheck,
  stateCheck,
} from './doctor-machine.ts'
import { doubtChecks } from './doctor-unconfirmed.ts'
import { certificateChecks, clockChecks, wayChecks } from './doctor-network.ts'
import { plural } from '../../../wording/count.ts'
import { padToWidth, textWidth } from '../../screen/text-width.ts'
import { wrapWords } from '../../screen/wrap.ts'
import { exits } from '../../exit-codes.ts'

const shapes = { ok: '+', warn: '!', fail: 'x' } as const

const doctor = command({
  name: 'doctor',
  summary: 'check Node, config, keys, database and disk',
  group: 'Start',
  options: {},
  examples: ['offpeak doctor', 'offpeak doctor --json'],
  notes: [
    'Reads, tries and asks, and changes nothing; no request is sent to a model. Keys are never shown. Exit code: 0, or that of the first thing that fails.',
  ],
  async run(context) {
    const checks: Check[] = [nodeCheck(process.versions.node)]
    const offpeak = await open(context, checks)
    if (offpeak) {
      for (const { name, look } of steps) {
        const found = await guarded(name, () => look(offpeak))
        // A job file that cannot be loaded stands in the way of more than one look; it is told once.
        checks.push(
          ...found.filter(
            (check) =>
              check.state !== 'fail' || !checks.some(({ message: words }) => words === check.message),
          ),
        )
      }
    }
    if (context.globals.json) context.printJson({ schema: 'offpeak.doctor/2', checks })
    else context.show(lines(context, checks))
    const failed = checks.filter(({ state }) => state === 'fail')
    const warned = checks.filter(({ state }) => state === 'warn').length
    context.say(
      failed.length > 0
        ? `  ${plural(failed.length, 'check')} failed. Nothing was sent.`
        : `  All checks passed${warned > 0 ? `, with ${plural(warned, 'thing')} to know` : ''}. Nothing was sent.`,
    )
    const [first] = failed
    return first ? (first.code === null ? exits.failed : errorCodes[first.code].exit) : 0
  },
})
export { doctor as command }

interface Step {
  readonly name: string
  readonly look: (offpeak: Project) => Promise<readonly Check[]>
}

const steps: readonly Step[] = [
  {
    name: 'config',
    look: async (offpeak) => [configCheck(offpeak), ...environmentChecks(offpeak, await modelsOf(offpeak))],
  },
  { name: 'state', look: async (offpeak) => [stateCheck(offpeak)] },
  { name: 'files', look: async (offpeak) => [await filesCheck(offpeak)] },
  { name: 'private', look: async (offpeak) => privacyCheck(offpeak) },
  { name: 'disk', look: async (offpeak) => [await diskCheck(offpeak)] },
  { name: 'database', look: databaseCheck },
  { name: 'certificates', look: certificateChecks },
  { name: 'jobs', look: jobChecks },
  { name: 'network', look: wayChecks },
  // The answers that the jobs were checked by have told the time.
  { name: 'clock', look: clockChecks },
  { name: 'batches', look: doubtChecks },
]

/** A config or a state that cannot be opened is a finding, not the end of the command. */
async function open(context: CommandContext, checks: Check[]): Promise<Project | null> {
  try {
    return await context.open()
  } catch (thrown) {
    checks.push(failedCheck('config', thrown))
    return null
  }
}

async function guarded(name: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look()
  } catch (thrown) {
    return [failedCheck(name, thrown)]
  }
}

function lines({ io, paint }: CommandContext, checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => textWidth(name)))
  const columns = Math.min(io.stdout.columns(), 110) - width - 7
  const painted = { ok: paint.good, warn: paint.warn, fail: paint.bad }
  return checks
    .flatMap(({ name, state, message: words, fix }) => {
      const text = [...wrapWords(words, columns), ...(fix === null ? [] : wrapWords(`Fix  ${fix}`, columns))]
      return text.map(
        (line, at) =>
          `  ${at === 0 ? painted[state](shapes[state]) : ' '}  ${padToWidth(at === 0 ? name : '', width)}  ${line}`,
      )
    })
    .join('\n')
}
