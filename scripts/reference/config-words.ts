import { defaultRealtime, defaultTimings } from '../../src/engine/flow.ts'
import { defaultTimeouts } from '../../src/providers/http/timeouts.ts'
import type { EntryGlossary } from './entry-table.ts'

const number = (value: number): string => value.toLocaleString('en-US')
const price = 'prices.<name>.{batch,flex,realtime}'
const functionOf = (signature: string): string => `a function, \`${signature}\``

/** What each entry of `offpeak.config.ts` is for, where the schema cannot say it. */
export const configWords: EntryGlossary = {
  jobs: 'The job files, as paths or patterns relative to the configuration.',
  state:
    'Where runs, batches and money are recorded: a SQLite file, or `postgres://…` for several machines. `OFFPEAK_STATE` wins.',
  files:
    'The directory of request and answer files; `.offpeak/files` when left out. All machines of a project share it.',
  database:
    'The database of `postgres.rows` and of table sinks when the environment names none: `postgres://…` or `pglite:<directory>`.',
  budget: 'What runs may spend where a job has no budget of its own.',
  'budget.perRun': "Dollars, as in `'$90'`, for one run.",
  'budget.perDay':
    'Dollars for all runs of one job in one UTC day, for each job that names no `budget.perDay` of its own; as it is now, also for runs that go on.',
  batch: 'Makes batches smaller, or fewer at a time, than the provider allows.',
  'batch.maxRequests': 'The most requests of one input file.',
  'batch.maxBytes': 'The most bytes of one input file.',
  'batch.maxConcurrent':
    'The most batches that may be at work with one account at the same time; as many as the provider allows when left out.',
  realtime: 'How fast one process sends in real time and in flex, for each model.',
  'realtime.concurrency': `Requests that wait for an answer at the same time; ${number(defaultRealtime.concurrency)} when left out.`,
  'realtime.requestsPerMinute': `${number(defaultRealtime.requestsPerMinute)} when left out.`,
  'realtime.tokensPerMinute': `${number(defaultRealtime.tokensPerMinute)} when left out.`,
  'realtime.maxRequests': `Requests of one file; answers are merged when a file is done. ${number(defaultRealtime.maxRequests)} when left out.`,
  quota:
    'Limits of the account, by `provider/model`; where a job names several accounts, by `provider/model @ account`.',
  'quota.<name>.enqueuedTokens': 'The most input tokens that may be queued in batches at the same time.',
  prices:
    'Prices that are not in the built-in table, or differ from it, by exact model id or deployment name.',
  [price]: 'Dollars per million tokens in that delivery mode.',
  [`${price}.input`]: 'Input tokens.',
  [`${price}.cachedInput`]: 'Input tokens that the provider had in its cache.',
  [`${price}.cacheWrite`]: 'Input tokens that the provider writes to its cache.',
  [`${price}.longCacheWrite`]:
    'Those that the cache keeps longer than it usually does; as `cacheWrite` when left out.',
  [`${price}.output`]: 'Output tokens.',
  [`${price}.steps`]: 'Prices of long requests.',
  [`${price}.steps[].above`]: 'The step applies to a request with more input tokens than this.',
  [`${price}.steps[].input`]: 'Input tokens of such a request.',
  [`${price}.steps[].cachedInput`]: 'Its cached input tokens.',
  [`${price}.steps[].longCacheWrite`]: 'Those of them that the cache keeps longer.',
  [`${price}.steps[].cacheWrite`]: 'Its input tokens that are written to the cache.',
  [`${price}.steps[].output`]: 'Its output tokens.',
  'prices.<name>.maxOutputTokens': 'The most tokens that the model can write in one answer.',
  'prices.<name>.contextTokens': 'The most tokens that the model can read and write together.',
  emulator:
    'Who answers every job: `true` the built-in emulator, whatever keys there are; `false` the providers. An object chooses the emulator and says how it behaves.',
  'emulator.speed': 'Provider seconds in one real second.',
  'emulator.port': 'The port it listens on; any free one when left out.',
  'emulator.failRate': 'The share of the requests that fail.',
  'emulator.latencyMs': 'Milliseconds added to every answer.',
  'emulator.seed': 'Makes what it invents the same every time.',
  'emulator.write': 'Writes simulated answers where the jobs write, in place of `.offpeak/emulator/`.',
  providers: 'How the other providers are reached, by their names.',
  'providers.<name>.headers': 'Further headers of every call: a text, or `{ env }`.',
  'providers.<name>.headers.<name>.env': 'The environment variable that holds the value.',
  'providers.<name>.insecureHttp': 'Allows calls without encryption, in a private network.',
  openai: 'How OpenAI and compatible services are reached, besides address and key.',
  'openai.headers': 'Further headers of every call: a text, or `{ env }`.',
  'openai.headers.<name>.env': 'The environment variable that holds the value.',
  'openai.insecureHttp': 'Allows calls without encryption, in a private network.',
  azure: 'How Azure OpenAI is reached, besides endpoint and key.',
  'azure.headers': 'Further headers of every call: a text, or `{ env }`.',
  'azure.headers.<name>.env': 'The environment variable that holds the value.',
  'azure.insecureHttp': 'Allows calls without encryption, in a private network.',
  'azure.token': {
    takes: functionOf('({ forceRefresh }) => Promise<string>'),
    words:
      'Returns an Entra token in place of a key; called with `forceRefresh` after the service has rejected the last one.',
  },
  proxy: 'The proxies that the environment names; `false` uses none of them.',
  'proxy.loopback': 'Sends calls to services on this machine through the proxy as well.',
  timeouts: 'How long parts of a call may take, in milliseconds ([network.md](../network.md#timeouts)).',
  'timeouts.connectMs': `The connection, through a proxy the whole way to the service; ${number(defaultTimeouts.connectMs)} when left out.`,
  'timeouts.answerMs': `The wait for the answer to a small call; ${number(defaultTimeouts.answerMs)} when left out.`,
  'timeouts.callMs': `A small call as a whole; ${number(defaultTimeouts.callMs)} when left out.`,
  'timeouts.stallMs': `The time between two pieces of a body; ${number(defaultTimeouts.stallMs)} when left out.`,
  'timeouts.transferMs': `200 MB on the slowest line: an upload has as much longer as it is larger, a connection of a download this long; ${number(defaultTimeouts.transferMs)} when left out.`,
  'timeouts.completionMs': `The answer to a request in real time or flex; ${number(defaultTimeouts.completionMs)} when left out.`,
  'timeouts.tokenMs': `The token callback; ${number(defaultTimeouts.tokenMs)} when left out.`,
  api: 'What the server serves besides its own paths, and how it is reached ([server.md](../server.md)).',
  'api.url':
    'The address under which people reach it, for links in notifications; where it listens when left out.',
  'api.trustedProxies':
    'Proxies before the server: `loopback`, an address or a block (CIDR). Only what they say about a client is believed.',
  'api.compat':
    'Serves the paths of a batch service for one job ([server.md](../server.md#the-paths-of-a-batch-service)).',
  'api.compat.job': 'The name of the job.',
  'api.compat.by': 'Fields of the rows, three at most, by which `products/status` counts.',
  'api.compat.params': {
    takes: 'an object by name',
    words: 'Parameters of the job for `products/status` where the query gives none.',
  },
  notify: 'Webhooks about runs ([server.md](../server.md#webhooks-out)).',
  'notify[].url': 'The address: https, or http on this machine.',
  'notify[].events': 'The events that are sent; all when left out.',
  'notify[].secret': '`whsec_…`, or the name of the environment variable that holds it; signs the message.',
  'notify[].allowPrivate': 'Allows an address in a private network.',
  retention: 'How long files are kept.',
  'retention.files': "How long request and answer files stay after their run, as in `'30d'`, the default.",
  worker: 'Who continues runs.',
  'worker.driver':
    '`local`: each worker looks for due work itself, also the default. `pg-boss`: wake-ups are handed out by pg-boss on the PostgreSQL of the state.',
  'worker.concurrency': 'Runs and batches that one process works on at the same time; 4 when left out.',
  'worker.sweepEveryMs': 'How often a fleet looks for work whose wake-up was lost, in milliseconds.',
  timings:
    'How long things may take, in milliseconds. Change them for tests, or when a provider asks for it.',
  'timings.awayMs': `How long a command waits for a state that is away, or whose disk is full; ${number(defaultTimings.awayMs)} when left out. \`worker\` and \`serve\` wait until they are stopped.`,
  'timings.silentMs': `How long all that is left of a run may be silent before \`cancel\` leaves it; ${number(defaultTimings.silentMs)} when left out. A wait whose next try is near gets a third of it.`,
  'timings.leaseMs': `A process that is silent for this long loses its work to another one; ${number(defaultTimings.leaseMs)} when left out.`,
  'timings.settleMs': `Pauses between lookups of a batch whose creation is unconfirmed; ${defaultTimings.settleMs.map(number).join(', then ')} when left out.`,
  'timings.listingLagMs': `How late the provider's list may show a batch; ${number(defaultTimings.listingLagMs)} when left out.`,
  'timings.lostAfterMs': `How long possibly paid work is waited for before a run needs attention; ${number(defaultTimings.lostAfterMs)} when left out.`,
  'timings.pollEveryMs': "How often a batch is polled, in place of the provider's own pace.",
  'timings.quotaBackoffMs': `The first pause after a rejection for enqueued tokens; it doubles from there. ${number(defaultTimings.quotaBackoffMs)} when left out.`,
  'timings.lastAnswerMs': `How long the answer to the creation of a batch is still waited for once the process is asked to end; ${number(defaultTimings.lastAnswerMs)} when left out.`,
  'timings.filesAhead': `Files that are built before the ones in front of them are uploaded; ${number(defaultTimings.filesAhead)} when left out.`,
  'timings.waits':
    'When a wait needs attention, by its name ([operations.md](../operations.md#what-a-run-waits-for)).',
  'timings.waits.<name>.afterMs': 'After this long,',
  'timings.waits.<name>.tries': 'and after this many tries.',
  'timings.maxMissingShare': `The share of a batch's requests whose answers may be missing without stopping the run; ${defaultTimings.maxMissingShare} when left out.`,
}
