import { once } from 'node:events'
import { outlast } from '../../../drivers/outage-tolerance.ts'
import type { Project } from '../../../compose/project.ts'
import { defaultPort, serve, type ServeOptions, type Serving } from '../../../server/serve.ts'
import { command, type CommandContext } from '../../command.ts'
import { formatUtc } from '../../screen/format.ts'
import { labelled } from '../../screen/table.ts'
import { checkPort } from './emulator.ts'
import { countFlag, textFlag, textsFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { runTotalsOf } from '../keys-view.ts'
import { watchJobs } from './watch-jobs.ts'
import { work } from './worker.ts'

const thisMachine = /^(?:127\.|::1$|\[::1\]$|localhost$)/

/** Random letters and digits of this many cannot be tried out; nobody is kept from trying. */
const minKeyCharacters = 20

const serveCommand = command({
  name: 'serve',
  summary: 'REST API, dashboard and worker in one process',
  group: 'Run',
  options: {
    host: textFlag(
      '--host <address>',
      'listen on this address (127.0.0.1); another than loopback needs a key',
    ),
    port: countFlag('--port <n>', `the port (${defaultPort}); 0 takes any that is free`, 0),
    allowHosts: textsFlag(
      '--allow-host <name>',
      'a further name under which it may be asked, as that of a proxy',
    ),
    trustProxies: textsFlag(
      '--trust-proxy <address>',
      'believe what the proxy there says of its clients: loopback, an address or a block (CIDR)',
    ),
    printLink: yesFlag(
      '--print-link',
      'print the link that lets into the dashboard also where there is no terminal, or logs are JSON',
    ),
    noUi: yesFlag('--no-ui', 'without the dashboard'),
    noWorker: yesFlag('--no-worker', 'drive no runs: workers elsewhere do'),
  },
  examples: [
    'offpeak serve',
    'offpeak serve --port 8000 --no-ui',
    'offpeak serve --host 0.0.0.0 --allow-host offpeak.example.com',
    'offpeak serve --allow-host offpeak.example.com --trust-proxy loopback',
    'offpeak serve --json --log-format json',
  ],
  notes: [
    'The dashboard is opened with the link that is printed; programs come with a key (offpeak keys add), or with the one in OFFPEAK_API_KEY. It speaks plain http: where others reach it, put a proxy with TLS before it.',
    'It works as a worker too, unless --no-worker says that others do. -v, or --log-format json, writes a line for each answer. Ctrl-C and SIGTERM end it when what is on the wire is finished.',
  ],
  async run(context, _args, options) {
    const port = options.port ?? defaultPort
    checkPort(port)
    const host = options.host ?? '127.0.0.1'
    const signal = context.interruptible(() =>
      context.say('  Ending: what is on the wire is finished first.'),
    )
    const offpeak = await context.openPatiently(signal)
    const emulatorControl = await offpeak.emulator()
    const serveOptions = {
      ...servedBy(context),
      host,
      port,
      ui: !options.noUi,
      hosts: [...options.allowHosts, ...publicHost(offpeak)],
      trustedProxies: options.trustProxies,
      emulatorControl,
    }
    // It listens last of all.
    const serving = await outlast(() => serve(offpeak, serveOptions), signal)
    const keys = await outlast(() => keyWords(offpeak), signal)
    // Whoever has the link is let in, and logs are read by many.
    const isShown = options.printLink || (context.io.stdout.isTty && context.globals.logFormat !== 'json')
    const link = isShown ? reachable(serving.link) : null
    if (context.globals.json)
      context.printJson({ schema: 'offpeak.serve/2', url: serving.url, link: options.noUi ? null : link })
    else
      context.show(
        labelled(
          [
            options.noUi
              ? null
              : [
                  'Dashboard',
                  link ?? `${reachable(serving.url)} · sign in with a key, or by the link of --print-link`,
                ],
            ['REST', `${reachable(serving.url)}/api/v1 · ${reachable(serving.url)}/openapi.json`],
            ['Keys', keys],
            ['State', `${offpeak.store.kind}${options.noWorker ? ', no worker here' : ', with a worker'}`],
          ],
          context.paint,
        ),
      )
    if (!thisMachine.test(host))
      context.say(
        context.paintWords.warn(
          `  Whoever reaches ${host} can try keys, and reads along: it is plain http, without TLS.`,
        ),
      )
    const { apiKey } = offpeak.config.environment
    if (apiKey !== null && apiKey.value.length < minKeyCharacters)
      context.say(
        context.paintWords.warn(
          `  ${apiKey.name} has ${apiKey.value.length} characters, and can be guessed: openssl rand -hex 32 makes one that cannot.`,
        ),
      )
    context.say('  Serving. Ctrl-C ends it.')
    await serveUntil(context, offpeak, serving, {
      signal,
      worker: !options.noWorker,
      ui: !options.noUi,
    })
    context.say('  Ended. Runs that are not over continue with the next worker, or `offpeak resume`.')
    return 0
  },
})
export { serveCommand as command }

/** The server and worker until the signal; when the worker fails, the server ends with it. */
export async function serveUntil(
  context: CommandContext,
  offpeak: Project,
  serving: Serving,
  { signal, worker, ui }: { readonly signal: AbortSignal; readonly worker: boolean; readonly ui: boolean },
): Promise<void> {
  const ended = signal.aborted ? Promise.resolve() : once(signal, 'abort').then(() => undefined)
  const closed = ended.then(() => serving.close())
  // A failure to close is told by the await below, when the worker has ended.
  closed.catch(() => undefined)
  // A worker watches them itself.
  using watched = new DisposableStack()
  if (!worker) watched.use(watchJobs(context, offpeak))
  try {
    if (worker) await work(context, offpeak, { signal, url: ui ? reachable(serving.url) : null })
    await closed
  } catch (thrown) {
    if (!signal.aborted) await serving.close()
    throw thrown
  }
}

/** Options of every server of the command line: its version, its launcher and its log. */
export function servedBy({
  version,
  launcher,
  globals,
  io,
  say,
  paintWords,
}: CommandContext): Pick<ServeOptions, 'version' | 'launcher' | 'log' | 'answered'> {
  const json = globals.logFormat === 'json'
  const write = (fields: object): void =>
    io.stderr.write(`${JSON.stringify({ at: formatUtc(io.now()), ...fields })}\n`)
  return {
    version,
    launcher,
    log: (line) => (json ? write({ level: 'error', message: line }) : say(paintWords.bad(`  ${line}`))),
    ...(json || globals.verbose
      ? {
          answered(method, route = '-', status, tookMs) {
            const ms = Math.round(tookMs * 10) / 10
            write({ level: 'info', message: `${method} ${route} ${status}`, method, route, status, ms })
          },
        }
      : {}),
  }
}

/** An address that a browser here can open: one that listens everywhere is here too. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

/** The name under which the world knows this server. */
export function publicHost({ config }: Project): readonly string[] {
  const { url } = config.settings.api
  return url === undefined ? [] : [new URL(url).hostname]
}

async function keyWords({ store, flow, config }: Project): Promise<string> {
  const now = flow.clock.now()
  const valid = (await store.keys()).filter((key) => runTotalsOf(key, now) === 'valid')
  const names = [
    ...valid.map(({ name, scope }) => `${name} (${scope})`),
    ...(config.environment.apiKey === null ? [] : [`${config.environment.apiKey.name} (run)`]),
  ]
  return names.length === 0 ? 'none yet: offpeak keys add <name>' : names.join(', ')
}
