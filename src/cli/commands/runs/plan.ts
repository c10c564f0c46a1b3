import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { missingCredentials, nearlySet, notSet } from '../../../compose/provider.ts'
import { command } from '../../command.ts'
import { amountOfPlan } from '../../../wording/amount-of-plan.ts'
import { commandLine, withAmount } from '../../../wording/commands/command-line.ts'
import { cleanText } from '../../screen/clean.ts'
import { countFlag, textFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { readDeliveryChoice } from '../../../wording/commands/delivery-flags.ts'
import { forceFlag, noteOwnFile, requireOwnFile } from '../look/own-file.ts'
import { planView } from '../../screen/views/plan-view.ts'
import { savedPlan } from '../../../engine/plan/plan-file.ts'
import { chosenFlags } from '../../../wording/commands/selection-flags.ts'
import { readSelection, warnOfUnknownKeys } from './selection.ts'
import { saySentBefore } from './say-sent-before.ts'
import { privateFile } from '../../../engine/files/private-files.ts'
import { exits } from '../../exit-codes.ts'

export { plan as command }

const plan = command({
  name: 'plan',
  summary: 'what a run would send and cost; sends nothing',
  group: 'Run',
  arguments: [{ syntax: '<job>', summary: 'the name of a job; offpeak jobs lists them' }],
  options: {
    ...chosenFlags,
    show: countFlag('--show <n>', 'print n whole requests'),
    out: textFlag('--out <file>', 'save the plan; offpeak run <file> sends exactly that'),
    force: forceFlag,
    check: yesFlag('--check', `exit ${exits.hasWork} when there is something to send`),
  },
  examples: [
    'offpeak plan headnotes',
    'offpeak plan headnotes --limit 100 --show 1',
    'offpeak plan headnotes -p court=supreme --out plan.json',
    'offpeak plan headnotes --check || offpeak run headnotes --yes',
  ],
  notes: [
    'Exit codes: 0, 6 when some records cannot be used, with --check 10 when there is something to send.',
    'Reads and renders the records (a sample when they are many), counts tokens, tries the sink in a transaction that is rolled back, and prices the whole. Nothing is sent and nothing is changed.',
  ],
  async run(context, [job = ''], options) {
    const file = options.out === null ? null : resolve(context.io.cwd, context.globals.cwd, options.out)
    const offpeak = await context.open()
    if (file !== null) await requireOwnFile(file, offpeak, options.force)
    const choice = readDeliveryChoice(options)
    const selection = { ...(await readSelection(context, options)), ...choice }
    const made = await offpeak.plan(job, selection)
    warnOfUnknownKeys(context, selection, made)
    const exit =
      options.check && made.toSend > 0 ? exits.hasWork : made.unusable > 0 ? exits.needsAttention : 0
    if (file !== null) {
      await writeFile(file, `${JSON.stringify(savedPlan(made, selection), null, 2)}\n`, { mode: privateFile })
      await noteOwnFile(file, offpeak)
    }
    if (context.globals.json) {
      context.printJson(made)
      return exit
    }
    context.show(
      planView(made, {
        paint: context.paint,
        columns: context.io.stdout.columns(),
        simulated: offpeak.isSimulated,
        write: options.write,
      }),
    )
    if (options.show !== null)
      for (const example of await offpeak.examples(job, selection, options.show))
        context.print(`\n${cleanText(JSON.stringify(example, null, 2))}`)
    await saySentBefore(context, offpeak, made.job)
    context.say('  Nothing has been sent.')
    const { model } = (await offpeak.job(job)).job
    const missing = offpeak.isSimulated ? [] : missingCredentials(offpeak.config, model)
    if (missing.length > 0)
      context.say(
        `  ${[`${notSet(model, missing)}, which a run needs.`, ...nearlySet(offpeak.config, model, missing)].join(' ')}`,
      )
    const amount = amountOfPlan(made)
    if (options.out !== null)
      context.next('Send it', withAmount(commandLine('run', [options.out], {}, {}), amount))
    if (made.paidBefore !== null)
      context.next('Look again', `offpeak resume ${made.paidBefore.runs[0] ?? ''}`)
    if (options.out === null && made.toSend > 0)
      context.next('Run it', withAmount(commandLine('run', [job], chosenFlags, options), amount))
    return exit
  },
})
