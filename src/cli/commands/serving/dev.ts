import { OffpeakError } from '../../../domain/errors.ts'
import { defaultPort, serve } from '../../../server/serve.ts'
import { command } from '../../command.ts'
import { banner, envFiles, jobLines } from './dev-banner.ts'
import { devKeys } from './dev-keys.ts'
import { checkPort, defaultEmulatorPort, emulatorFlags } from './emulator.ts'
import { countFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { canShow, openBrowser } from './open-browser.ts'
import { servedBy, serveUntil } from './serve.ts'
import { exits } from '../../exit-codes.ts'
import { once } from 'node:events'
import { createServer } from 'node:net'

const dev = command({
  name: 'dev',
  summary: 'dashboard, emulator and worker in one process, no key needed',
  group: 'Start',
  options: {
    port: countFlag(
      '--port <n>',
      `the port of the dashboard (${defaultPort}, or any that is free); 0 takes any that is free`,
      0,
    ),
    noOpen: yesFlag('--no-open', 'do not open the dashboard in a browser'),
    emulatorPort: countFlag(
      '--emulator-port <n>',
      `the port of the emulator (${defaultEmulatorPort}, or any that is free); 0 takes any that is free`,
      0,
    ),
    ...emulatorFlags,
  },
  examples: ['offpeak dev', 'offpeak dev --fail-rate 0.02 --speed 100x', 'offpeak dev --port 0 --json'],
  notes: [
    'Everything is answered by the emulator, whatever keys there are: nothing leaves this machine. The answers are invented, and all of it is kept in .offpeak/emulator; what the jobs write stays as it is. Other commands see the same with --emulator, or with `emulator: true` in the config.',
    'The dashboard is opened in a browser where there is a terminal and a display, and neither --no-open nor CI says otherwise. The link lets in whoever has it; it stays the same.',
  ],
  async run(context, _args, options) {
    checkPort(options.port ?? 0, '--port')
    checkPort(options.emulatorPort ?? 0, '--emulator-port')
    const signal = context.interruptible()
    const offpeak = await context.open({
      port: options.emulatorPort ?? (await freeOr(defaultEmulatorPort)),
      speed: options.speed ?? undefined,
      seed: options.seed ?? undefined,
      failRate: options.failRate ?? undefined,
      latencyMs: options.latency ?? undefined,
    })
    const emulator = await offpeak.emulator()
    if (!emulator) throw new OffpeakError('E_BUG', 'the emulator was not started')
    const jobs = await jobLines(offpeak)
    const serving = await serve(offpeak, {
      ...servedBy(context),
      port: options.port ?? (await freeOr(defaultPort)),
      emulatorControl: emulator,
    })
    const { url, link } = serving
    if (context.globals.json)
      context.printJson({
        schema: 'offpeak.dev/2',
        url,
        link,
        emulator: {
          url: emulator.url,
          openaiBaseUrl: emulator.openaiBaseUrl,
          azureEndpoint: emulator.azureEndpoint,
          own: emulator.own,
        },
        jobs,
        env: envFiles(offpeak),
      })
    else context.show(banner(context, offpeak, { link, emulator, jobs }))
    const stop = new AbortController()
    const over = AbortSignal.any([signal, stop.signal])
    using keys = context.mayAsk
      ? devKeys(context, offpeak, {
          emulator,
          link,
          jobs: jobs.map(({ name }) => name),
          quit: () => (stop.signal.aborted ? context.io.leave(exits.interrupted) : stop.abort()),
        })
      : null
    if (keys === null) context.say('  Serving. Ctrl-C ends it.')
    else if (!options.noOpen && canShow(offpeak.config.environment)) await openBrowser(link)
    await serveUntil(context, offpeak, serving, { signal: over, worker: true, ui: true })
    context.say(
      '  Ended. Runs that are not over continue with the next `offpeak dev` or `offpeak resume --emulator`.',
    )
    return 0
  },
})
export { dev as command }

/** The port when nobody has it, else 0 for any that is free. */
export async function freeOr(port: number): Promise<number> {
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
