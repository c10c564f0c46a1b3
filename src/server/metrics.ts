import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, Histogram, Registry } from 'prom-client'

/** What this server counts, in a registry of its own. */
export interface Metrics extends Disposable {
  /** Notes an answer; `route` is the path of the table, undefined for pages and for what is not there. */
  readonly answered: (method: string, route: string | undefined, status: number, tookMs: number) => void
  /** Everything in the text form of Prometheus, with the figures of the state set right before. */
  readonly text: () => Promise<string>
  readonly media: string
  readonly figures: Figures
}

/** What is read from the state when somebody asks. */
export interface Figures {
  readonly runs: Gauge<'state'>
  readonly money: Gauge<'kind'>
  readonly requests: Gauge<'job' | 'outcome'>
  readonly streams: Gauge
}

const secondsPerBucket = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const knownMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'DELETE']

export function makeMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const answers = new Histogram({
    name: 'offpeak_http_request_seconds',
    help: 'How long answers took, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: secondsPerBucket,
    registers,
  })
  const lag = new Gauge({
    name: 'offpeak_event_loop_lag_seconds',
    help: 'How late the event loop ran since the last look',
    labelNames: ['quantile'],
    registers,
    collect() {
      this.set({ quantile: '0.5' }, delay.percentile(50) / 1e9)
      this.set({ quantile: '0.99' }, delay.percentile(99) / 1e9)
      delay.reset()
    },
  })
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  void [lag, memory]
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
        help: 'Runs that go on or wait for somebody, by state',
        labelNames: ['state'],
        registers,
      }),
      money: new Gauge({
        name: 'offpeak_micro_usd',
        help: 'Millionths of a dollar that are spent, and that are reserved',
        labelNames: ['kind'],
        registers,
      }),
      requests: new Gauge({
        name: 'offpeak_live_requests',
        help: 'Requests of live runs, by outcome',
        labelNames: ['job', 'outcome'],
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
