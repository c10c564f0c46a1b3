import { once } from 'node:events'
import { resolve } from 'node:path'
import { serveEmulator } from '../../../compose/emulator.ts'
import { env } from '../../../config/environment.ts'
import { OffpeakError } from '../../../domain/errors.ts'
import { type ScenarioSummary, knownScenarios, checkScenarioFlag } from '../../../emulator/index.ts'
import { type CommandContext, command } from '../../command.ts'
import {
  countFlag,
  durationFlag,
  numberFlag,
  textFlag,
  textsFlag,
  yesFlag,
} from '../../../wording/commands/flags.ts'
import { formatUsd } from '../../../wording/amount.ts'
import { plural } from '../../../wording/count.ts'
import { labelled } from '../../screen/table.ts'

export const defaultEmulatorPort = 4101
const maxPort = 65_535

/** The options that say how the emulator behaves. */
export const emulatorFlags = {
  speed: numberFlag('--speed <factor>', 'provider seconds per real second, as in 100x', {
    min: 0.001,
    max: 1_000_000,
    example: '100x',
  }),
  seed: countFlag('--seed <n>', 'the same seed makes the same faults', 0),
  failRate: numberFlag('--fail-rate <share>', 'the share of requests that fail on their own, from 0 to 1', {
    min: 0,
    max: 1,
    example: '0.02',
  }),
  latency: durationFlag('--latency <duration>', 'make every answer of the API wait so long'),
} as const

const emulator = command({
  name: 'emulator',
  summary: 'a batch provider on this machine, for tests and demos',
  group: 'Project',
  options: {
    port: countFlag('--port <n>', `the port (${defaultEmulatorPort}); 0 takes any that is free`, 0),
    ...emulatorFlags,
    host: textFlag('--host <address>', 'listen on this address (127.0.0.1)'),
    dataDir: textFlag(
      '--data-dir <dir>',
      'keep files, batches and the bill here (else they are gone at the end)',
    ),
    enqueuedLimit: countFlag('--enqueued-limit <tokens>', 'how many prompt tokens may be enqueued at once'),
    scenarios: textsFlag(
      '--scenario <name>',
      'what happens to a batch or to calls: name, name@3 (from the third on), name@all; options: name:every=5',
    ),
    upstream: textFlag(
      '--upstream <url>',
      'the address of a server of your own, whose models answer behind the files and batches of OpenAI',
    ),
    concurrency: countFlag('--concurrency <n>', 'how many calls that server gets at a time (8)'),
    upstreamKeyEnv: textFlag('--upstream-key-env <name>', 'the environment variable that holds its key'),
    listScenarios: yesFlag('--scenarios', 'list the scenarios with their options, and end'),
    deployments: textsFlag(
      '--deployment <name=model>',
      'which model answers, and at what price, under the name of an Azure deployment',
    ),
  },
  examples: [
    'offpeak emulator',
    'offpeak emulator --port 0 --json',
    'offpeak emulator --speed 100x --fail-rate 0.02',
    'offpeak emulator --scenario expire-partial@2 --data-dir .emulator',
    'offpeak emulator --scenario lost-create --scenario missing-lines@all:every=5',
    'offpeak emulator --upstream http://localhost:11434/v1 --data-dir .batches',
  ],
  notes: [
    `Answers like OpenAI, Azure OpenAI, Anthropic, Gemini, Mistral, Bedrock, xAI, Groq, Together and DeepInfra, with any key, and keeps a bill of its own. With \`--upstream\` nothing is invented: it has the files and batches of OpenAI, and your models answer. \`offpeak emulator --scenarios\` lists what it can play: ${knownScenarios.length} situations of batches, files, calls, gateways and clocks.`,
  ],
  async run(context, _args, options) {
    const { io, globals, paint, say } = context
    if (options.listScenarios) return listScenarios(context)
    const port = options.port ?? defaultEmulatorPort
    checkPort(port)
    for (const scenario of options.scenarios) checkScenario(scenario)
    const upstream = readUpstream(options)
    const signal = context.interruptible()
    const running = await serveEmulator({
      upstream,
      port,
      host: options.host ?? undefined,
      dataDir: options.dataDir === null ? undefined : resolve(io.cwd, globals.cwd, options.dataDir),
      speed: options.speed ?? undefined,
      seed: options.seed ?? undefined,
      failRate: options.failRate ?? undefined,
      latencyMs: options.latency ?? undefined,
      enqueuedTokenLimit: options.enqueuedLimit ?? undefined,
      scenarios: options.scenarios,
      deployments: Object.fromEntries(options.deployments.map(readDeployment)),
    })
    const { url, openaiBaseUrl, azureEndpoint, baseUrls, dataDir } = running
    if (globals.json)
      context.printJson({
        schema: 'offpeak.emulator/2',
        url,
        openaiBaseUrl,
        azureEndpoint,
        baseUrls,
        control: `${url}/_emulator/`,
        dataDir,
      })
    else if (upstream !== undefined)
      context.show(
        labelled(
          [
            ['OpenAI', `OPENAI_BASE_URL=${openaiBaseUrl}`],
            ['Answers', `of the models at ${upstream.url}, which are real; nothing is invented`],
            ['Key', 'none needed'],
            ['Data', options.dataDir === null ? `${dataDir}, until the end: --data-dir keeps it` : dataDir],
          ],
          paint,
        ),
      )
    else {
      context.show(
        labelled(
          [
            ['OpenAI', `OPENAI_BASE_URL=${openaiBaseUrl}`],
            ['Azure', `AZURE_OPENAI_ENDPOINT=${azureEndpoint}`],
            ['Anthropic', `ANTHROPIC_BASE_URL=${baseUrls['anthropic']}`],
            ['Gemini', `GOOGLE_GEMINI_BASE_URL=${baseUrls['gemini']}`],
            ['Mistral', `${baseUrls['mistral']} (serverURL of its client)`],
            ['Bedrock', `AWS_ENDPOINT_URL_BEDROCK=${baseUrls['bedrock']}`],
            ['', `AWS_ENDPOINT_URL_S3=${baseUrls['bedrock']}/s3`],
            ['xAI', `${baseUrls['xai']}`],
            ['Groq', `GROQ_BASE_URL=${baseUrls['groq']}`],
            ['Together', `TOGETHER_BASE_URL=${baseUrls['together']}`],
            ['DeepInfra', `${baseUrls['deepinfra']}`],
            ['Key', 'any; nothing leaves this machine and nothing costs money'],
            ['Control', `GET ${url}/_emulator/state, bill, scenarios · POST clock, faults`],
            options.dataDir === null ? null : ['Data', dataDir],
          ],
          paint,
        ),
      )
    }
    if (options.host !== null && !/^(127\.|::1$|localhost$)/.test(options.host))
      say(paint.warn(`  Whoever reaches ${options.host} can use it: it takes any key.`))
    say('  Ctrl-C ends it.')
    if (!signal.aborted) await once(signal, 'abort')
    const { batches, requests, cost_micro_usd: costMicroUsd } = running.bill()
    await running.close()
    say(
      `  Ended after ${plural(batches, 'batch', 'batches')} and ${plural(requests, 'request')}, ${formatUsd(costMicroUsd)} on its bill.`,
    )
    return 0
  },
})
export { emulator as command }

interface UpstreamFlags {
  readonly upstream: string | null
  readonly concurrency: number | null
  readonly upstreamKeyEnv: string | null
  readonly speed: unknown
  readonly seed: unknown
  readonly failRate: unknown
  readonly latency: unknown
  readonly scenarios: readonly unknown[]
  readonly deployments: readonly unknown[]
}

/** The server behind. Throws E_USAGE for what is no address, and for what only invented answers can have; E_ENV for its key. */
function readUpstream(
  flags: UpstreamFlags,
): { url: string; apiKey?: string; concurrency?: number } | undefined {
  const { upstream: url, concurrency, upstreamKeyEnv } = flags
  const refuse = (what: string, fix: string): never => {
    throw new OffpeakError('E_USAGE', what, { fix })
  }
  if (url === null) {
    if (concurrency !== null || upstreamKeyEnv !== null)
      refuse(
        '--concurrency and --upstream-key-env are about the server behind --upstream',
        'name it: --upstream http://localhost:11434/v1',
      )
    return undefined
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    refuse(`--upstream takes an address, not "${url}"`, 'for example --upstream http://localhost:11434/v1')
  const invents = Object.entries({
    '--speed': flags.speed !== null,
    '--seed': flags.seed !== null,
    '--fail-rate': flags.failRate !== null,
    '--latency': flags.latency !== null,
    '--scenario': flags.scenarios.length > 0,
    '--deployment': flags.deployments.length > 0,
  }).flatMap(([name, isGiven]) => (isGiven ? [name] : []))
  if (invents.length > 0)
    refuse(
      `${invents.join(' and ')} ${invents.length === 1 ? 'is' : 'are'} for invented answers, and those of --upstream are real`,
      'leave one of the two out',
    )
  return {
    url,
    ...(concurrency !== null && { concurrency }),
    ...(upstreamKeyEnv !== null && { apiKey: env(upstreamKeyEnv) }),
  }
}

/** The guard against a number that is no port: throws E_USAGE. */
export function checkPort(port: number, flag: string = '--port'): void {
  if (port > maxPort)
    throw new OffpeakError('E_USAGE', `${flag} takes a number from 0 to ${maxPort}, not ${port}`)
}

function checkScenario(text: string): void {
  const wrong = checkScenarioFlag(text)
  if (wrong === null) return
  throw new OffpeakError('E_USAGE', `--scenario ${text} cannot be played: ${wrong}`, {
    fix: 'name, name@3 (the third batch or call) or name@all, options after a colon; offpeak emulator --scenarios lists all of them',
  })
}

function readDeployment(text: string): readonly [name: string, model: string] {
  const [name = '', model = '', ...rest] = text.split('=')
  if (name !== '' && model !== '' && rest.length === 0) return [name, model]
  throw new OffpeakError('E_USAGE', `--deployment takes name=model, not "${text}"`, {
    fix: 'for example --deployment your-deployment-name=gpt-4o-mini',
  })
}

function listScenarios({ globals, io, paint, print, printJson }: CommandContext): number {
  if (globals.json) {
    printJson({ schema: 'offpeak.scenarios/2', scenarios: knownScenarios })
    return 0
  }
  const told = knownScenarios.map((scenario): readonly [string, string] => [
    scenario.name,
    [scenario.summary, ...optionLines(scenario)].join('\n'),
  ])
  print(labelled(told, paint, io.stdout.columns()))
  return 0
}

function optionLines({ options }: ScenarioSummary): readonly string[] {
  return options.map(
    ({ name, about, fallback, choices }) =>
      `${name}=${fallback}  ${about}${choices.length === 0 ? '' : ` (${choices.join(', ')})`}`,
  )
}
