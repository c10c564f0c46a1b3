import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Metrics of this server, in a registry of its own. */
export interface Metrics extends Disposable {
  /** Notes an answer; `route` is the path of the table, undefined for pages and for what is not there. */
  readonly answered: (method: string, route: string | undefined, status: number, tookMs: number) => void
  /** Everything in the text form of Prometheus, with the figures of the state set right before. */
  readonly text: () => Promise<string>
  readonly media: string
  readonly figures: Figures
}

/** Metrics that are read from the state when somebody asks. */
export interface Figures {
  readonly runs: Gauge<'job' | 'state'>
  readonly requests: Gauge<'job' | 'outcome'>
  readonly records: Counter<'job' | 'outcome'>
  readonly spent: Counter<'job'>
  readonly unusable: Counter<'job'>
  readonly saved: Counter<'job'>
  readonly tokens: Counter<'job' | 'kind'>
  readonly reserved: Gauge<'job'>
  readonly streams: Gauge
}

const secondsPerBucket = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const knownMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'DELETE']

/**
 * New metrics, with names and units as Prometheus wants them (https://prometheus.io/docs/practices/naming/): seconds,
 * bytes and dollars, `_total` for what only grows.
 */
export function makeMetrics(version: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const answers = new Histogram({
    name: 'offpeak_http_request_duration_seconds',
    help: 'How long answers took, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: secondsPerBucket,
    registers,
  })
  const lagAt = (percent: number): Gauge =>
    new Gauge({
      name: `nodejs_eventloop_lag_p${percent}_seconds`,
      help: `How late the event loop ran, percentile ${percent} since this process began`,
      registers,
      collect() {
        this.set(delay.percentile(percent) / 1e9)
      },
    })
  const build = new Gauge({
    name: 'offpeak_build_info',
    help: 'The version that runs here, and its Node',
    labelNames: ['version', 'node'],
    registers,
  })
  build.set({ version, node: process.versions.node }, 1)
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  void [lagAt(50), lagAt(99), memory]
  const usd = (name: string, help: string): Counter<'job'> =>
    new Counter({ name, help, labelNames: ['job'], registers })
  return {
    answered(method, route, status, tookMs) {
      answers.observe(
        {
          method: knownMethods.includes(method) ? method : 'other',
          route: route ?? 'pages',
          status: String(status),
        },
        tookMs / 1_000,
      )
    },
    text: () => registry.metrics(),
    media: registry.contentType,
    figures: {
      runs: new Gauge({
        name: 'offpeak_live_runs',
        help: 'Runs that continue or wait for somebody, by job and state',
        labelNames: ['job', 'state'],
        registers,
      }),
      requests: new Gauge({
        name: 'offpeak_live_requests',
        help: 'Requests of live runs, by job and outcome',
        labelNames: ['job', 'outcome'],
        registers,
      }),
      records: new Counter({
        name: 'offpeak_records_total',
        help: 'Records of all runs, by job: merged, or left for a person',
        labelNames: ['job', 'outcome'],
        registers,
      }),
      spent: usd('offpeak_spent_usd_total', 'Dollars that were spent, by job'),
      unusable: usd(
        'offpeak_unusable_usd_total',
        'Dollars of what was spent for answers that cannot be used, by job',
      ),
      saved: usd('offpeak_saved_usd_total', 'Dollars less than in real time, by job'),
      tokens: new Counter({
        name: 'offpeak_tokens_total',
        help: 'Tokens of all answers that were read, by job: input, of it cached, and output',
        labelNames: ['job', 'kind'],
        registers,
      }),
      reserved: new Gauge({
        name: 'offpeak_reserved_usd',
        help: 'Dollars that are held for what is on its way, by job',
        labelNames: ['job'],
        registers,
      }),
      streams: new Gauge({ name: 'offpeak_open_streams', help: 'Event streams that are open', registers }),
    },
    [Symbol.dispose]() {
      delay.disable()
      registry.clear()
    },
  }
}
